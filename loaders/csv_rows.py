"""A CSV table of a return, as batches of Arrow tables, with the line that each row begins on."""

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

from loaders.spec import Return, Table

ROWS_IN_BATCH = 50_000
MAX_LINE = 1 << 20
DELIMITERS = ",;\t|"


class CsvError(Exception):
    """The file cannot be read as CSV; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Header:
    """The first line of a file: its columns as they are written there, and how they are parted."""

    names: list[str]
    delimiter: str


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column's name without case, spaces or punctuation, as names are compared."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _lines(text: io.TextIOBase) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith("\n"):
            raise CsvError(f"line {number} is longer than a million characters; is this a CSV file?")
        yield line


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")


def read_header(file: BinaryIO, encoding: str) -> Header:
    """The header of a CSV file. Raises CsvError where it has none, or nothing below it."""
    try:
        lines = (line for line in _lines(_text(file, encoding)) if line.strip(" \t\r\n,;|"))
        if (line := next(lines, None)) is not None:
            if next(lines, None) is None:
                raise CsvError("it has a header and no rows")
            delimiter = max(DELIMITERS, key=line.count)
            names = next(csv.reader([line], delimiter=delimiter))
            return Header([name.strip().lstrip("\ufeff") for name in names], delimiter)
    except UnicodeDecodeError:
        raise CsvError(f"the file is not text in {encoding}") from None
    raise CsvError("the file has no header line")


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
                self._strangers[position] = name or f"column {position + 1}"
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
        lines = _lines(_text(self._file, self._encoding))
        reader = csv.reader(lines, delimiter=self._header.delimiter, strict=True)
        width = len(self._header.names)
        rows: list[list[str]] = []
        begins: list[int] = []
        begin, seen_header = 1, False
        try:
            for row in reader:
                if len(row) != width and (row := self._fit(row, width, begin)) is None:
                    begin = reader.line_num + 1
                    continue
                if seen_header:
                    rows.append(row)
                    begins.append(begin)
                    if len(rows) == ROWS_IN_BATCH:
                        yield {self.table.name: self._arrow(rows, begins)}
                        rows, begins = [], []
                elif any(row):
                    seen_header = True
                begin = reader.line_num + 1
        except csv.Error as error:
            raise CsvError(f"line {begin} cannot be read: {_explain(str(error))}") from None
        except UnicodeDecodeError:
            raise CsvError(f"after line {begin} the file is not text in {self._encoding}") from None
        if rows:
            yield {self.table.name: self._arrow(rows, begins)}

    def _fit(self, row: list[str], width: int, line: int) -> list[str] | None:
        if not any(cell.strip() for cell in row):
            return None  # a blank line
        if len(row) > width and not any(row[width:]):
            return row[:width]
        raise CsvError(f"line {line} has {len(row)} values, the header names {width} columns")

    def _arrow(self, rows: list[list[str]], begins: list[int]) -> pa.Table:
        first, count = self.records + 1, len(rows)
        self.records += count
        values = list(zip(*rows, strict=True))
        numbers = pa.array(range(first, first + count), pa.int64())
        data = {
            "source_line": pa.array(begins, pa.int64()),
            "source_row": numbers,
            "record_number": numbers,
            "parent_row": pa.nulls(count, pa.int64()),
            "unmapped": self._unmapped(values, count),
        }
        for column in self.table.columns:
            position = self._columns.get(column.name)
            data[column.name] = pa.nulls(count, pa.string()) if position is None else _texts(values[position])
        return pa.table(data)

    def _unmapped(self, values: list[tuple[str, ...]], count: int) -> pa.Array:
        held = {name: values[position] for position, name in self._strangers.items() if any(values[position])}
        if not held:
            return pa.nulls(count, pa.string())
        return pa.array(
            [
                json.dumps({name: column[row] for name, column in held.items() if column[row]}, ensure_ascii=False)
                for row in range(count)
            ],
            pa.string(),
        )


def _texts(values: tuple[str, ...]) -> pa.Array:
    texts = pa.array(values, pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _explain(message: str) -> str:
    if "unexpected end" in message:
        return "a quotation mark is opened and never closed"
    if "expected after" in message:
        return "a quotation mark stands inside a quoted value"
    if "field larger" in message:
        return "one value is longer than 131,072 characters"
    return "it is not CSV"
