"""The header of a table, in a CSV file or on a sheet: which table it is of, and which column is which."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from loaders.spec import Return, Table, within
from loaders.spelling import plain


class HeaderError(Exception):
    """A header cannot be followed; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Header:
    """The columns of a table as they are written in a file, and the line they stand on."""

    names: list[str]
    line: int
    delimiter: str = ","  # of a CSV file


def columns_in(table: Table, names: Iterable[str]) -> set[str]:
    """The columns of a table that are among some names, in any spelling."""
    return {table.spellings[name] for name in map(plain, names) if name in table.spellings}


def table_of(source: Return, names: list[str]) -> Table | None:
    """The table whose columns a header names, or None.

    A table is recognised by all columns of its grain and at least one column that no other table of the return has;
    among several, by the most columns.
    """
    shared = [plain(column.name) for table in source.tables for column in table.columns]
    best, most = None, 0
    for table in source.tables:
        found = columns_in(table, names)
        telling = [name for name in found if shared.count(plain(name)) == 1]
        if set(table.meta.grain) <= found and telling and len(found) > most:
            best, most = table, len(found)
    return best


class Columns:
    """Which column of a table stands where in a file; `findings` says what is odd about that."""

    def __init__(self, table: Table, names: list[str], year: int):
        """Follow a header of a file of a year. Raises HeaderError where it names a column twice."""
        self._table = table
        self.places: dict[str, int] = {}
        self._strangers: dict[int, str] = {}
        for position, name in enumerate(names):
            column = table.spellings.get(plain(name))
            if column is None:
                again = name in self._strangers.values()
                self._strangers[position] = (
                    f"{name} (column {position + 1})" if again else name or f"column {position + 1}"
                )
            elif column in self.places:
                raise HeaderError(f"column {column} stands in the header twice")
            else:
                self.places[column] = position
        self.findings: list[str] = []
        named = [name for name in self._strangers.values() if name in names]
        if named:
            self.findings.append(f"Columns not in the specification, kept as unmapped: {', '.join(named)}.")
        asked = [c.name for c in table.columns if c.meta.required == "always" and within(c.meta.years, year)]
        missing = [name for name in asked if name not in self.places]
        if missing:
            self.findings.append(f"Columns that the specification asks for are missing: {', '.join(missing)}.")

    def arrow(self, rows: pa.Table, lines: pa.Array, numbers: pa.Array) -> pa.Table:
        """The rows of a file as rows of its table, with the line each stands on and its number."""
        count = len(rows)
        data = {
            "source_line": lines,
            "source_row": numbers,
            "record_number": numbers,
            "parent_row": pa.nulls(count, pa.int64()),
            "unmapped": self._unmapped(rows),
        }
        for column in self._table.columns:
            position = self.places.get(column.name)
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


def filled(rows: pa.Table, lines: pa.Array) -> tuple[pa.Table, pa.Array]:
    """Leave out rows that hold nothing at all."""
    if not all(column.null_count for column in rows.columns):
        return rows, lines
    empty = pc.is_null(rows.column(0))
    for column in rows.columns[1:]:
        empty = pc.and_(empty, pc.is_null(column))
    keep = pc.invert(empty).combine_chunks()
    return rows.filter(keep), lines.filter(keep)
