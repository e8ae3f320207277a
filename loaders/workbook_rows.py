"""The tables of a return in a workbook: which sheet is which, where its header stands, and its rows as Arrow tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from loaders.headers import Columns, Header, columns_in, filled, table_of
from loaders.spec import Return, Table
from loaders.spelling import plain, words
from loaders.workbooks import Sheet, sheets

ROWS_OF_A_NOTE = 3  # a sheet that says no more than this in place of a table says that there is nothing
HEADER_WITHIN = 20  # the header is among the first rows of a sheet, below titles and notes
ROWS_IN_BATCH = 20_000
SERIAL = r"^\d{5}(\.\d+)?$"  # a bare number that is a day: from 1927 or 1931 on
EPOCH_1900, EPOCH_1904 = -25_569, -24_107  # days from 1 January 1970 to what Excel counts from


@dataclass(frozen=True)
class Head:
    """What is known of a sheet before it is read: its name, and its first rows."""

    name: str
    is_hidden: bool
    rows: list[list[str]]


@dataclass
class Contents:
    """What a workbook is, read as one return: the sheet and header of each table that it has."""

    source: Return
    tables: dict[str, tuple[str, Header]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # why it cannot be landed, if it is of this return

    @property
    def size(self) -> tuple[int, int]:
        """How much of the workbook is of this return: how many tables, and columns of them."""
        named = [columns_in(self.source.table(name), header.names) for name, (_, header) in self.tables.items()]
        return len(named), sum(map(len, named))


def heads(file: BinaryIO) -> list[Head]:
    """The beginning of each sheet of a workbook. Raises WorkbookError where it cannot be read."""
    found = []
    for sheet in sheets(file):
        rows = zip(*(column.to_pylist() for column in sheet.rows.slice(0, HEADER_WITHIN).columns), strict=True)
        found.append(Head(sheet.name, sheet.is_hidden, [[value or "" for value in row] for row in rows]))
    return found


def contents(source: Return, sheets: list[Head]) -> Contents:
    """Read the beginnings of sheets as a return: the sheets that a table's name or header marks as that table.

    A name marks a sheet where it begins with the words of the table's sheet or of an alias. Such a sheet counts before
    one that has only the header. Hidden sheets are left out.
    """
    found = Contents(source)
    beside = {plain(name) for name in source.meta.other_sheets}
    shown = [
        (place, head, _named(source, head.name))
        for place, head in enumerate(sheets, start=1)
        if any(map(any, head.rows)) and plain(head.name) not in beside
    ]
    strangers = []
    for place, head, named in sorted(shown, key=lambda one: one[2] is None):
        table, header = _recognise(source, head, named)
        if head.is_hidden and table:
            found.findings.append(f"Sheet {place} is hidden and was left out; it looks like the table {table.name}.")
        elif table is None and named is None:
            strangers.append(place)
        elif table is None:
            why = f"heet {place} is named as the table {named.name} and has no header of it: {_lacks(named, head)}"
            if sum(map(any, head.rows)) <= ROWS_OF_A_NOTE and not _is_header(named, head):
                found.findings.append(f"S{why}; it was left out.")
            else:
                found.problems.append(f"s{why}")
        elif table.name not in found.tables:
            found.tables[table.name] = head.name, header
        elif named:
            found.problems.append(f"two of its sheets are the table {table.name}; keep one")
        else:
            found.findings.append(f"Sheet {place} looks like the table {table.name} too, and was left out.")
    if strangers:
        are = "s {} are" if len(strangers) > 1 else " {} is"
        which = are.format(", ".join(map(str, sorted(strangers))))
        found.findings.append(f"Sheet{which} none of its tables, and left out.")
    if len(found.tables) > 1:
        absent = [table.name for table in source.tables if table.name not in found.tables]
        if absent:
            found.findings.append(f"It has no sheet for {', '.join(absent)}.")
    return found


def _named(source: Return, sheet: str) -> Table | None:
    """The table that a sheet's name means: it begins with the words of a table's sheet or alias, the longest first."""
    best, most = None, 0
    for table in source.tables:
        for name in (table.meta.sheet, *table.meta.sheet_aliases):
            wanted = words(name)
            if len(wanted) > most and words(sheet)[: len(wanted)] == wanted:
                best, most = table, len(wanted)
    return best


def _recognise(source: Return, head: Head, named: Table | None) -> tuple[Table | None, Header | None]:
    """What a sheet is, and its header: of the rows at its top the one that names most columns."""
    if named:
        found, row = max(((columns_in(named, row), -place) for place, row in enumerate(head.rows)), key=_size)
        if set(named.meta.grain) <= found:
            return named, Header(head.rows[-row], 1 - row)
    best, most = (None, None), 0
    for place, row in enumerate(head.rows):
        table = table_of(source, row)
        if table and len(columns_in(table, row)) > most:
            best, most = (table, Header(row, place + 1)), len(columns_in(table, row))
    return best


def _is_header(table: Table, head: Head) -> bool:
    """Whether a row at the top of a sheet names several columns of a table, and so is no note."""
    return any(len(columns_in(table, row)) > 1 for row in head.rows)


def _size(one: tuple[set[str], int]) -> tuple[int, int]:
    return len(one[0]), one[1]


def _lacks(table: Table, head: Head) -> str:
    found = max((columns_in(table, row) for row in head.rows), key=len)
    lacking = [name for name in table.meta.grain if name not in found]
    return f"no row at its top names {', '.join(lacking)}"


class WorkbookReader:
    """Reads the tables of one workbook. After the last batch, `findings` says what was odd."""

    def __init__(self, found: Contents, file: BinaryIO, year: int):
        """Read `file`, of a year, which has these contents. Raises HeaderError where a header has a column twice."""
        self.findings = list(found.findings)
        self.records = 0
        self._file = file
        self._tables = {sheet: (found.source.table(name), header) for name, (sheet, header) in found.tables.items()}
        self._columns = {sheet: Columns(table, header.names, year) for sheet, (table, header) in self._tables.items()}
        for sheet, columns in self._columns.items():
            self.findings += [f"{self._tables[sheet][0].name}: {finding}" for finding in columns.findings]

    def batches(self) -> Iterator[dict[str, pa.Table]]:
        """Yield {table name: Arrow table} as XmlReader does. Raises WorkbookError where the file cannot be read."""
        for sheet in sheets(self._file):
            if sheet.name not in self._tables:
                continue
            table, header = self._tables[sheet.name]
            rows, lines = filled(sheet.rows.slice(header.line), pa.arange(header.line + 1, sheet.rows.num_rows + 1))
            self.records += len(rows)
            if not len(rows):
                self.findings.append(f"{table.name}: the sheet has a header and no rows.")
            for start in range(0, len(rows), ROWS_IN_BATCH):
                numbers = lines.slice(start, ROWS_IN_BATCH)
                arrow = self._columns[sheet.name].arrow(rows.slice(start, ROWS_IN_BATCH), numbers, numbers)
                yield {table.name: _with_days(table, arrow, sheet)}


def _with_days(table: Table, rows: pa.Table, sheet: Sheet) -> pa.Table:
    """Bare numbers in columns of dates, as the days that the workbook means by them."""
    epoch = EPOCH_1904 if sheet.counts_from_1904 else EPOCH_1900
    for column in table.columns:
        if column.meta.type in ("date", "partial_date", "datetime"):
            place = rows.schema.get_field_index(column.name)
            rows = rows.set_column(place, column.name, _days(rows.column(place), epoch))
    return rows


def _days(texts: pa.ChunkedArray, epoch: int) -> pa.ChunkedArray:
    bare = pc.match_substring_regex(texts, SERIAL)
    if not pc.any(bare).as_py():
        return texts
    numbers = pc.cast(pc.if_else(bare, texts, None), pa.float64())
    days = pc.floor(numbers)
    seconds = pc.cast(pc.round(pc.multiply(pc.subtract(numbers, days), 86_400)), pa.int64())
    moments = pc.add(pc.multiply(pc.add(pc.cast(days, pa.int64()), epoch), 86_400), seconds)
    written = pc.strftime(pc.cast(moments, pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
    return pc.if_else(bare, pc.replace_substring(written, " 00:00:00", ""), texts)
