"""An XML return, as batches of Arrow tables: one streaming pass, whatever the order, number or namespace of elements.

A file is a run of records (one per child). Each element that the specification calls a row becomes a row; each value
below it fills the column of that path, or, where the specification has no such path, goes to `unmapped`. A value that
a table takes from elsewhere in the record (a child's reference on each of its referrals) is carried over in Arrow.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from lxml import etree

from loaders.files import Endless, Metered
from loaders.spec import Return, Table

RECORDS_IN_BATCH = 1000
RECORD, LINE, PARENT, UNMAPPED, FIRST_VALUE = range(5)


class XmlError(Exception):
    """The file cannot be read as XML of this return; the message is a sentence for the person who sent it."""


class _Node(dict):
    """One element of the specification's tree: what each of its children is, by tag.

    A child is a slot number (a value of the row that encloses it), or a node of its own. A node is a row, a row that
    is one value (`leaf`), or a mere wrapper. It is a dict so that a lookup in the inner loop costs one.
    """

    def __init__(self, path: str):
        self.path = path
        self.depth = path.count("/")
        self.is_row = False
        self.leaf = False
        self.slots: dict[str, int] = {}  # by path
        self.blank: list[None] = []
        self.rows: list[list] = []
        self.base = 0  # rows in earlier batches

    @property
    def width(self) -> int:
        """Length of a row."""
        return FIRST_VALUE + len(self.slots)

    def slot(self, path: str) -> int:
        """The place of the value at `path` in this node's rows."""
        return self.slots.setdefault(path, self.width)

    def known(self, tag: str) -> "int | _Node | None":
        """What a tag in another spelling is (with a namespace, in another case): found once, then kept."""
        name = _local(tag).lower()
        what = next((self[key] for key in self if key.lower() == name), None)
        if what is not None:
            self[tag] = what
        return what


def _names(path: str) -> list[str]:
    return path.strip("/").split("/")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _depth(element) -> int:
    depth = 0
    while element is not None:
        depth += 1
        element = element.getparent()
    return depth


class _Plan:
    """The specification of a return, compiled for one file."""

    def __init__(self, source: Return):
        self.tables = [table for table in source.tables if table.meta.path]
        self.nodes: dict[str, _Node] = {}
        for table in self.tables:
            self._node(table.meta.path).is_row = True
        for table in self.tables:
            for column in table.columns:
                path = table.path(column)
                if path is None:
                    continue
                if path == table.meta.path:
                    self.nodes[path].leaf = True
                    self.nodes[path].slot(path)
                    continue
                if path in self.nodes and self.nodes[path].is_row:
                    continue  # a value that is itself a row of another table
                slot = self.owner(path).slot(path)
                enclosing = self._node(path.rpartition("/")[0])
                for name in (_names(path)[-1], *column.meta.aliases):
                    enclosing[name] = slot
        self.aliases = {path: self.nodes[t.meta.path] for t in self.tables for path in t.meta.path_aliases}
        for path in self.aliases:
            self._node(path.rpartition("/")[0])
        for node in self.nodes.values():
            node.blank = [None] * node.width
        for path, node in [*self.nodes.items(), *self.aliases.items()]:
            parent = path.rpartition("/")[0]
            if parent in self.nodes:
                self.nodes[parent].setdefault(_names(path)[-1], node)

    def _node(self, path: str) -> _Node:
        if path not in self.nodes:
            self.nodes[path] = _Node(path)
            parent = path.rpartition("/")[0]
            if parent:
                self._node(parent)
        return self.nodes[path]

    def owner(self, path: str) -> _Node | None:
        """The nearest row element above a path, or None."""
        while path:
            path = path.rpartition("/")[0]
            if path in self.nodes and self.nodes[path].is_row:
                return self.nodes[path]
        return None


class XmlReader:
    """Reads one file of one return. After the last batch, `findings` says what was odd."""

    def __init__(self, source: Return, file: BinaryIO, encoding: str | None = None):
        self.source = source
        self.plan = _Plan(source)
        self.findings: list[str] = []
        self.records = 0
        self._file = file
        self._encoding = encoding
        self._unmapped: Counter[str] = Counter()
        self._adrift: list[tuple[str, str]] = []  # what stands in a record outside all of its rows

    def batches(self) -> Iterator[dict[str, pa.Table]]:
        """Yield {table name: Arrow table} until the file ends.

        Each Arrow table has source_line, source_row, record_number, parent_row, unmapped and every column of the
        specification as text, exactly as it stands in the file. Raises XmlError where the file cannot be read on.
        """
        record_path = self.source.meta.xml_record
        record = self.plan.nodes[record_path]
        places = self._places(record)
        stream = Metered(self._file)
        context = etree.iterparse(
            stream,
            tag=sorted({f"{{*}}{tag}" for tag, _ in places}),
            encoding=self._encoding,
            remove_comments=True,
            remove_pis=True,
            remove_blank_text=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        )
        try:
            for _, element in context:
                parent = element.getparent()
                node = places.get((_local(element.tag), _depth(parent) + 1))
                if node is None:
                    continue  # a namesake in another place: part of what encloses it
                stream.heard()
                if node is record:
                    self.records += 1
                self._walk(element, node, None, None)
                if self._adrift:
                    self._moor(node.path)
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
                if self.records and self.records % RECORDS_IN_BATCH == 0:
                    yield self._flush()
        except etree.XMLSyntaxError as error:
            raise XmlError(explain(error)) from None
        except Endless:
            last = _names(record_path)[-1]
            raise XmlError(f"after <{last}> {self.records} come 4 MB without another; is this the file?") from None
        root_name = self.source.meta.xml_root
        paths = [*self.plan.nodes, *self.plan.aliases]
        known = {_names(path)[1] for path in paths if len(_names(path)) > 1}
        for stray in {_local(child.tag) for child in context.root} - known:
            self.findings.append(f"Element <{stray}> below <{root_name}> is not in the specification; it was left out.")
        yield self._flush()
        specified = {path for node in self.plan.nodes.values() for path in node.slots}
        for path, count in sorted(self._unmapped.items()):
            why = "stands again where one value is expected" if path in specified else "is not in the specification"
            times = "once" if count == 1 else f"{count} times"
            self.findings.append(f"{path} {why} ({times}); kept as unmapped.")

    def _places(self, record: _Node) -> dict[tuple[str, int], _Node]:
        """What is read at one go, by tag and depth: records, and the rows outside of them, such as a header."""
        paths = {**self.plan.nodes, **self.plan.aliases}
        return {
            (_names(path)[-1], path.count("/")): node
            for path, node in paths.items()
            if node is record or (node.is_row and not node.path.startswith(record.path + "/"))
        }

    def _walk(self, element, node: _Node, row: list | None, place: int | None) -> bool:
        """Read an element and what is below it; `place` is that of the enclosing row. Whether it said anything.

        The inner loop of the whole load: plain on purpose.
        """
        said = False
        record = self.records
        is_row = node.is_row
        if is_row:
            row = node.blank.copy()
            row[RECORD] = record
            row[LINE] = element.sourceline
            row[PARENT] = place
            place = len(node.rows)
            node.rows.append(row)
        for child in element:
            what = node.get(child.tag)
            if what is None:
                what = node.known(child.tag)
            if what.__class__ is int:
                text = child.text
                if text is not None:
                    said = True
                    if row[what] is None:
                        row[what] = text
                    else:
                        self._keep(row, node, child)
                if len(child):
                    self._keep(row, node, child)
            elif what is None:
                said = True
                self._keep(row, node, child)
            elif what.leaf:
                if child.text is not None:
                    said = True
                    what.rows.append([record, child.sourceline, place, None, child.text])
                if len(child):
                    self._keep(row, node, child)
            elif self._walk(child, what, row, place):
                said = True
            if child.tail is not None:
                self._note(row, f"{node.path}/text()", child.tail)
        if is_row and not said:
            node.rows.pop()  # an empty element says nothing, like an absent one
        return said

    def _keep(self, row: list | None, node: _Node, element) -> None:
        inner = len(element) > 0
        text = etree.tostring(element, encoding="unicode", with_tail=False) if inner else element.text or ""
        self._note(row, f"{node.path}/{_local(element.tag)}", text)

    def _note(self, row: list | None, path: str, text: str) -> None:
        self._unmapped[path] += 1
        if row is None:
            self._adrift.append((path, text))
            return
        row[UNMAPPED] = row[UNMAPPED] or {}
        row[UNMAPPED].setdefault(path, []).append(text)

    def _moor(self, record_path: str) -> None:
        """Give what was adrift to the record's first row; a record without rows can only be told of."""
        rows = (node.rows[-1] for node in self.plan.nodes.values() if node.is_row and node.rows)
        row = next((row for row in rows if row[RECORD] == self.records), None)
        if row is None:
            self.findings.append(f"Record {self.records} ({record_path}) has nothing that the specification knows.")
        else:
            for path, text in self._adrift:
                row[UNMAPPED] = row[UNMAPPED] or {}
                row[UNMAPPED].setdefault(path, []).append(text)
        self._adrift = []

    def _flush(self) -> dict[str, pa.Table]:
        batch = _Batch(self.plan)
        tables = {table.name: batch.table(table) for table in self.plan.tables if self.plan.nodes[table.meta.path].rows}
        for node in self.plan.nodes.values():
            node.base += len(node.rows)
            node.rows = []
        return tables


class _Batch:
    """The rows that the plan's nodes hold now, as Arrow."""

    def __init__(self, plan: _Plan):
        self.plan = plan
        self.values = {path: _values(node) for path, node in plan.nodes.items() if node.is_row}
        self.columns = {path: _arrays(values) for path, values in self.values.items()}
        self.places: dict[tuple[str, str], pa.Array] = {}
        self.first: dict[str, dict[int, int]] = {}  # by owner: place of each record's first row

    def table(self, table: Table) -> pa.Table:
        node, own = self.plan.nodes[table.meta.path], self.columns[table.meta.path]
        count = len(node.rows)
        data = {
            "source_line": own[LINE],
            "source_row": pa.arange(node.base + 1, node.base + count + 1),
            "record_number": own[RECORD],
            "parent_row": self._parent_rows(node),
            "unmapped": own[UNMAPPED],
        }
        for column in table.columns:
            path = table.path(column)
            if path is None:
                data[column.name] = _texts([None] * count)
            elif path in node.slots:
                data[column.name] = own[node.slots[path]]
            else:
                data[column.name] = self._inherited(path, node)
        result = pa.Table.from_arrays(list(data.values()), list(data))
        if table.meta.row_when:
            flags = self.values[node.path][node.slots[f"{node.path}/{table.meta.row_when}"]]
            said = [place for place, flag in enumerate(flags) if flag and flag.strip() not in ("", "0")]
            result = result.take(_integers(said))
        return result

    def _parent_rows(self, node: _Node) -> pa.Array:
        above = self.plan.owner(node.path)
        if above is None:
            return self.columns[node.path][PARENT]
        return _integers(list(map((above.base + 1).__add__, self.values[node.path][PARENT])))

    def _inherited(self, path: str, node: _Node) -> pa.Array:
        """A value from a row above, or from the record's first row of another kind."""
        owner = self.plan.owner(path)
        values = self.columns[owner.path][owner.slots[path]]
        key = node.path, owner.path
        if key not in self.places:
            beside = not node.path.startswith(owner.path + "/")
            self.places[key] = self._beside(node, owner) if beside else self._above(node, owner)
        return pa.DictionaryArray.from_arrays(self.places[key], values)  # no text is copied

    def _above(self, node: _Node, owner: _Node) -> pa.Array:
        places, here = self.columns[node.path][PARENT], self.plan.owner(node.path)
        while here is not owner:
            places = self.columns[here.path][PARENT].take(places)
            here = self.plan.owner(here.path)
        return places

    def _beside(self, node: _Node, owner: _Node) -> pa.Array:
        if owner.path not in self.first:
            records = self.values[owner.path][RECORD]
            self.first[owner.path] = dict(zip(reversed(records), range(len(records) - 1, -1, -1), strict=True))
        first, mine = self.first[owner.path], self.values[node.path][RECORD]
        return pa.array(map(first.get, mine), pa.int64())


def _values(node: _Node) -> list[tuple]:
    values = list(zip(*node.rows, strict=True)) or [()] * node.width
    if any(values[UNMAPPED]):
        values[UNMAPPED] = [json.dumps(kept, ensure_ascii=False) if kept else None for kept in values[UNMAPPED]]
    return values


def _arrays(values: list[tuple]) -> list[pa.Array]:
    return [_integers(v) for v in values[:UNMAPPED]] + [_texts(v) for v in values[UNMAPPED:]]


def _integers(values) -> pa.Array:
    if len(values) and values[0] is None:  # a node has a row above it in every case or in none
        return pa.nulls(len(values), pa.int64())
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(array("q", values))])


def _texts(values) -> pa.Array:
    return pa.array(values, pa.string())


def explain(error: etree.XMLSyntaxError) -> str:
    """What libxml2 says of a broken file, without the content it quotes."""
    line, text = error.lineno or 1, error.msg or ""
    if error.error_log:
        line, text = error.error_log.last_error.line, error.error_log.last_error.message
    if "Premature end" in text or ("not found" in text and "EndTag" in text):
        return f"the XML breaks off at line {line}: an element is not closed. Was the file cut short?"
    if "Excessive depth" in text:
        return f"elements are nested too deeply at line {line} (limit 256)"
    if "huge text node" in text or "too long" in text.lower() or "Resource limit" in text:
        return f"one value at line {line} is longer than 10 MB"
    if "entity" in text.lower() or "DTD" in text:
        return f"an entity is used at line {line}; returns have none"
    if "empty" in text.lower():
        return "the file is empty"
    return f"the XML is not well formed at line {line}, column {error.offset or 0}"
