"""Whose rows, and of which year, the tables of a CSV file or workbook say they are.

An XML file says so in its header, before anything lands. A table says so in its rows, and may lie in the folder of
another authority.
"""

import re
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from loaders.recognise import Recognised, authority
from loaders.spec import Table


class Whose:
    """Hears the rows of one file; `disagreement` and `findings` say where they are another's."""

    def __init__(self, one: Recognised):
        """Hear a file that is taken for one of an authority and period."""
        self._one = one
        self._authorities: dict[str, Counter[str]] = {}  # by column, how many rows say what
        self._years: Counter[str] = Counter()

    def hear(self, name: str, rows: pa.Table) -> None:
        """Count what some rows of a table say."""
        meta, table = self._one.told.source.meta, self._one.told.source.table(name)
        declared = _declared(meta.declares.la, table)
        for column in [c.name for c in table.columns if c.name in (declared, meta.la_column)]:
            self._authorities.setdefault(column, Counter()).update(_counts(rows, column))
        if column := _declared(meta.declares.year, table):
            self._years.update(_counts(rows, column))

    def disagreement(self) -> str | None:
        """Why the file is another's: rows of it name another authority or year, and none its own; else None."""
        one, year = self._one, self._one.period.year
        for column, counts in self._authorities.items():
            named = {text: found for text in counts if (found := authority(text, year))}
            if named and not one.is_la_given and one.authority not in named.values():
                text, found = next(iter(named.items()))
                return (
                    f"its {column} is {text} ({found.name}) and its folder says {one.authority.name}; move it, or"
                    " say --la"
                )
        years = [text for text in self._years if re.fullmatch(r"20\d\d", text)]
        if years and not one.is_period_given and str(year) not in years:
            return f"its Year is {years[0]} and its folder says {year}; move it, or say --period"
        return None

    def findings(self) -> list[str]:
        """How many rows say that they are another authority's."""
        one, found = self._one, []
        for column, counts in self._authorities.items():
            names: Counter[str] = Counter()
            for text, rows in counts.items():
                named = authority(text, one.period.year)
                if named != one.authority:
                    names[named.name if named else "no English authority"] += rows
            if names:
                of = "1 row" if names.total() == 1 else f"{names.total()} rows"
                found.append(
                    f"{column} of {of} names {', '.join(sorted(names))}; what stands there landed as"
                    f" {one.authority.name}'s own."
                )
        return found


def _declared(where: str | None, table: Table) -> str | None:
    """The column of a table that `declares` names, as table.column."""
    name, _, column = (where or "").partition(".")
    return column if name == table.name else None


def _counts(rows: pa.Table, column: str) -> dict[str, int]:
    """How often each value of a column stands there, but for blanks."""
    texts = pc.utf8_trim_whitespace(rows.column(column)).drop_null()
    return {one["values"]: one["counts"] for one in pc.value_counts(texts).to_pylist() if one["values"]}
