"""The tables of a sample file, whatever its kind: what `liia new-return` drafts a return from."""

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from loaders.csv_rows import CsvError, read_header
from loaders.files import Part, Refusal, look, parts
from loaders.spec import Format
from loaders.workbook_rows import HEADER_WITHIN
from loaders.workbooks import WorkbookError, sheets

ROWS = 100_000  # of each table that are looked at
DATA = re.compile(
    r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}.*|[\d.,]+|[A-Z]\d{11}[\dA-Z]|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$", re.I
)


@dataclass
class Sample:
    """One table of a sample: its columns by their names in the file, with their values."""

    name: str  # the file's stem, the sheet's name or the element's
    kind: Format
    columns: dict[str, list[str | None]]
    path: str | None = None  # XML: of the element that is a row
    paths: dict[str, str] = field(default_factory=dict)  # XML: of columns that stand elsewhere than below it
    root: str | None = None
    record: str | None = None


def read(paths: list[Path]) -> list[Sample]:
    """The tables of sample files. Raises Refusal, with a sentence, where one cannot be read or has no header."""
    found = []
    for part in parts(paths, Path("/nowhere")):
        if isinstance(part, tuple):
            raise Refusal(f"{part[0]}: {part[1]}")
        seen = look(part)
        try:
            if seen.is_workbook:
                found += _workbook(part)
            elif seen.is_xml:
                found += _xml(part, seen.xml_encoding)
            else:
                found.append(_csv(part, seen.encoding))
        except (CsvError, WorkbookError, csv.Error) as error:
            raise Refusal(f"{part.name}: {error}") from None
        except etree.XMLSyntaxError:
            raise Refusal(f"{part.name}: it is not well-formed XML") from None
    return found


def _table(name: str, kind: Format, header: list[str], rows: list[list[str | None]]) -> Sample:
    names = [" ".join(one.split()) for one in header]
    if sum(bool(DATA.match(one)) for one in names) * 4 > len(names):
        raise Refusal(f"{name}: its first row looks like somebody's data, not like a header; add one")
    columns = {
        one: [(row[place] or None) if place < len(row) else None for row in rows]
        for place, one in enumerate(names)
        if one
    }
    return Sample(name, kind, columns)


def _csv(part: Part, encoding: str) -> Sample:
    with part.open() as file:
        header = read_header(file, encoding)
    with part.open() as file:
        lines = io.TextIOWrapper(io.BytesIO(file.read()), encoding=encoding, newline="")
        for _ in range(header.line):
            next(lines)
        rows = [
            row for row, _ in zip(csv.reader(lines, delimiter=header.delimiter), range(ROWS), strict=False) if any(row)
        ]
    return _table(re.split(r"[/!]", part.name)[-1].rpartition(".")[0], "csv", header.names, rows)


def _workbook(part: Part) -> list[Sample]:
    found = []
    with part.open() as file:
        for sheet in sheets(file):
            rows = [list(row) for row in zip(*(c.to_pylist() for c in sheet.rows.slice(0, ROWS).columns), strict=True)]
            counts = [sum(map(bool, row)) for row in rows[:HEADER_WITHIN]]
            if sheet.is_hidden or max(counts, default=0) < 2:
                continue
            at = counts.index(max(counts))
            below = [row for row in rows[at + 1 :] if any(row)]
            if below:
                found.append(_table(sheet.name, "workbook", [name or "" for name in rows[at]], below))
    if not found:
        raise Refusal(f"{part.name}: no sheet has a header and rows")
    return found


def _xml(part: Part, encoding: str | None) -> list[Sample]:
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True}
    with part.open() as file:
        tree = etree.parse(file, etree.XMLParser(encoding=encoding, remove_pis=True, **options))
    if tree.docinfo.internalDTD is not None:
        raise Refusal(f"{part.name}: it has a DOCTYPE, which no return has")
    found: dict[str, list] = defaultdict(list)
    repeated: set[str] = set()

    def walk(element, path: str) -> None:
        found[path].append(element)
        times = Counter(etree.QName(child).localname for child in element)
        repeated.update(f"{path}/{tag}" for tag, count in times.items() if count > 1)
        for child in element:
            walk(child, f"{path}/{etree.QName(child).localname}")

    root = etree.QName(tree.getroot()).localname
    walk(tree.getroot(), f"/{root}")
    leaves = {path for path, elements in found.items() if not any(len(element) for element in elements)}
    rows = {path for path in found if path in repeated or (path.count("/") == 2 and path not in leaves)}
    records = sorted((path for path in repeated - leaves), key=lambda path: (path.count("/"), -len(found[path])))
    if not records:
        raise Refusal(f"{part.name}: no element of it stands more than once; give a sample of several records")
    return [
        sample
        for path in found
        if path in rows and (sample := _element(path, found, leaves, rows, f"/{root}", records[0])).columns
    ]


def _element(path: str, found: dict, leaves: set, rows: set, root: str, record: str) -> Sample:
    sample = Sample(path.rpartition("/")[2], "xml", {}, path=path, root=root.strip("/"), record=record)
    own = [path] if path in leaves else []
    for leaf in leaves - rows:
        around = leaf.rpartition("/")[0]
        while around and around not in rows:
            around = around.rpartition("/")[0]
        own += [leaf] if around == path else []
    for leaf in sorted(own, key=list(found).index):
        name = leaf.rpartition("/")[2]
        name = name if name not in sample.columns else "_".join(leaf.split("/")[-2:])
        if leaf != f"{path}/{name}":
            sample.paths[name] = leaf
        below = leaf.removeprefix(path).strip("/")
        elements = (
            found[path]
            if not below
            else [one.find("/".join(f"{{*}}{s}" for s in below.split("/"))) for one in found[path]]
        )
        sample.columns[name] = [None if one is None else one.text or None for one in elements]
    return sample
