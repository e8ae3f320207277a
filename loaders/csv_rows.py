"""A CSV table of a return, as batches of Arrow tables, with the line that each row begins on.

The file is streamed into Arrow's reader, decoded on the way: nothing is unpacked or re-encoded on disk, where it would
lie in the clear.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from loaders.spec import Return, Table

MAX_LINE = 1 << 20
BLOCK = 2 * MAX_LINE
DELIMITERS = ",;\t|"


class CsvError(Exception):
    """The file cannot be read as CSV; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Header:
    """The first line of a file: its columns as they are written there, and how they are parted."""

    names: list[str]
    delimiter: str
    line: int


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column's name without case, spaces or punctuation, as names are compared."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read_header(file: BinaryIO, encoding: str) -> Header:
    """The header of a CSV file. Raises CsvError where it has none, or nothing below it."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    found, number = None, 0
    try:
        while line := text.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith("\n"):
                raise CsvError(f"line {number} is longer than a million characters; is this a CSV file?")
            if not line.strip(" \t\r\n,;|"):
                continue
            if found:
                return found
            delimiter = max(DELIMITERS, key=line.count)
            names = next(csv.reader([line], delimiter=delimiter))
            found = Header([name.strip().lstrip("\ufeff") for name in names], delimiter, number)
    except UnicodeDecodeError:
        raise CsvError(f"the file is not text in {encoding}") from None
    except csv.Error:
        raise CsvError(f"line {number}, the header, cannot be read") from None
    raise CsvError("it has a header and no rows" if found else "the file has no header line")


def table_of(source: Return, header: Header) -> Table | None:
    """The table whose columns a header names, or None.

    A table is recognised by all columns of its grain and at least one column that no other table of the return has;
    among several, by the most columns.
    """
    present = {plain(name) for name in header.names}
    shared = [plain(column.name) for table in source.tables for column in table.columns]
    best, most = None, 0
    for table in source.tables:
        found = {c.name for c in table.columns if present & {plain(name) for name in c.names}}
        telling = [name for name in found if shared.count(plain(name)) == 1]
        if set(table.meta.grain) <= found and telling and len(found) > most:
            best, most = table, len(found)
    return best


class CsvReader:
    """Reads one CSV file as one table. After the last batch, `findings` says what was odd."""

    def __init__(self, table: Table, file: BinaryIO, encoding: str, header: Header):
        """Read `file` as `table`. Raises CsvError where its header names a column twice."""
        self.table = table
        self.findings: list[str] = []
        self.records = 0
        self._file = file
        self._encoding = encoding
        self._header = header
        self._map()

    def _map(self) -> None:
        wanted = {plain(name): column.name for column in self.table.columns for name in column.names}
        self._columns: dict[str, int] = {}
        self._strangers: dict[int, str] = {}
        for position, name in enumerate(self._header.names):
            column = wanted.get(plain(name))
            if column is None:
                again = name in self._strangers.values()
                self._strangers[position] = (
                    f"{name} (column {position + 1})" if again else name or f"column {position + 1}"
                )
            elif column in self._columns:
                raise CsvError(f"column {column} stands in the header twice")
            else:
                self._columns[column] = position
        named = [name for name in self._strangers.values() if name in self._header.names]
        if named:
            self.findings.append(f"Columns not in the specification, kept as unmapped: {', '.join(named)}.")
        missing = [c.name for c in self.table.columns if c.name not in self._columns and c.meta.required == "always"]
        if missing:
            self.findings.append(f"Columns that the specification asks for are missing: {', '.join(missing)}.")

    def batches(self) -> Iterator[dict[str, pa.Table]]:
        """Yield {table name: Arrow table} as XmlReader does. Raises CsvError where a line cannot be read."""
        names = [str(position) for position in range(len(self._header.names))]
        stream = _Utf8(self._file, self._encoding)
        ragged: list[str] = []

        def judge(row: arrow_csv.InvalidRow) -> str:
            ragged.append(f"line {row.number} has {row.actual_columns} values, the header names {len(names)} columns")
            return "error"

        line = self._header.line + 1
        try:
            reader = arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK, column_names=names, skip_rows=self._header.line
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._header.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,  # they count as lines; _filled leaves them out
                    invalid_row_handler=judge,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            for batch in reader:
                spans = _newlines(batch) if stream.quotes else None
                rows = pa.Table.from_batches([batch])
                lines, line = _begins(line, len(rows), spans)
                if spans is not None and pc.max(spans).as_py():
                    self._note_once("A value goes over several lines; is a quotation mark missing?")
                rows, lines = _filled(rows, lines)
                if len(rows):
                    yield {self.table.name: self._arrow(rows, lines)}
        except pa.ArrowInvalid as error:
            stream.check_quotes()
            raise CsvError(ragged[0] if ragged else _explain(str(error), line)) from None
        except UnicodeDecodeError:
            raise CsvError(f"after line {line} the file is not text in {self._encoding}") from None
        stream.check_quotes()

    def _note_once(self, finding: str) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    def _arrow(self, rows: pa.Table, lines: pa.Array) -> pa.Table:
        first, count = self.records + 1, len(rows)
        self.records += count
        numbers = _range(first, count)
        data = {
            "source_line": lines,
            "source_row": numbers,
            "record_number": numbers,
            "parent_row": pa.nulls(count, pa.int64()),
            "unmapped": self._unmapped(rows),
        }
        for column in self.table.columns:
            position = self._columns.get(column.name)
            data[column.name] = pa.nulls(count, pa.string()) if position is None else rows.column(position)
        return pa.table(data)

    def _unmapped(self, rows: pa.Table) -> pa.Array:
        strangers = {n: rows.column(p) for p, n in self._strangers.items() if rows.column(p).null_count < len(rows)}
        if not strangers:
            return pa.nulls(len(rows), pa.string())
        held = zip(*(column.to_pylist() for column in strangers.values()), strict=True)
        texts = (
            {name: value for name, value in zip(strangers, values, strict=True) if value is not None} for values in held
        )
        return pa.array([json.dumps(t, ensure_ascii=False) if t else None for t in texts], pa.string())


class _Utf8(io.RawIOBase):
    """A binary stream in any encoding, read as UTF-8, that counts the quotation marks which pass."""

    def __init__(self, file: BinaryIO, encoding: str):
        """Read `file`, which is in `encoding`."""
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._plain = encoding == "utf-8"
        self.quotes = 0
        self._ended = False

    def check_quotes(self) -> None:
        """Raises CsvError where the file has ended and one of its quotation marks has no partner."""
        if self._ended and self.quotes % 2:
            raise CsvError("a quotation mark is opened and never closed (the file has an odd number of them)")

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Some bytes, about `size` of them; none at the end."""
        while True:
            chunk = self._file.read(size)
            out = chunk if self._plain else self._decoder.decode(chunk, final=not chunk).encode()
            if out or not chunk:
                self._ended = not chunk
                self.quotes += out.count(b'"')
                return out


def _range(first: int, count: int) -> pa.Array:
    return pa.arange(first, first + count)


def _newlines(batch: pa.RecordBatch) -> pa.Array:
    """How many line ends each row has inside its values."""
    counts = [pc.fill_null(pc.count_substring(column, "\n"), 0) for column in batch.columns]
    total = counts[0]
    for count in counts[1:]:
        total = pc.add(total, count)
    return total


def _begins(line: int, count: int, spans: pa.Array | None) -> tuple[pa.Array, int]:
    """The line each row begins on, and the line after the last one."""
    if spans is None:
        return _range(line, count), line + count
    heights = pc.cumulative_sum(pc.add(pc.cast(spans, pa.int64()), 1))
    begins = pc.add(pc.subtract(heights, pc.add(pc.cast(spans, pa.int64()), 1)), line)
    return begins, line + heights[-1].as_py()


def _filled(rows: pa.Table, lines: pa.Array) -> tuple[pa.Table, pa.Array]:
    """Leave out rows that hold nothing at all."""
    if not all(column.null_count for column in rows.columns):
        return rows, lines
    empty = pc.is_null(rows.column(0))
    for column in rows.columns[1:]:
        empty = pc.and_(empty, pc.is_null(column))
    keep = pc.invert(empty).combine_chunks()
    return rows.filter(keep), lines.filter(keep)


def _explain(message: str, line: int) -> str:
    if "straddling" in message:
        return f"a line after line {line} is longer than a million characters; is a quotation mark missing?"
    if "UTF8" in message.upper().replace("-", ""):
        return f"after line {line} the file is not text in UTF-8"
    return f"after line {line} the file cannot be read as CSV"
