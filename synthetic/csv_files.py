"""Rows of a return's tables as its CSV files."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from loaders import spec
from synthetic.rows import Tables, in_order
from synthetic.shapes import ENCODINGS, PLAIN, Shape

XML_ONLY = {("ssda903", "UASC")}  # a CSV says it by a row in the UASC file
OWN_COLUMN, OWN_NOTE = "Team’s note", "seen – fine"  # in which an encoding shows


def to_csv(return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> Iterator[tuple[str, bytes]]:
    """The name and bytes of each CSV file of a submission: text frames by table name. No rows, no file."""
    for table, rows, _ in _sent(return_name, year, tables):
        odd = shape.of(table.meta.file)
        codec, mark = ENCODINGS[odd.encoding]
        yield odd.named(table.meta.file), mark + _text(table, rows, odd).encode(codec)


def places(return_name: str, year: int, tables: Tables) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each row of a table, in the order of its frame: its ordinal in the file and its line; 0 for none."""
    found = {}
    for table, rows, order in _sent(return_name, year, tables):
        breaks = rows.select(pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)))[:, 0].to_numpy()
        ordinals, lines = np.zeros((2, tables[table.name].height), np.int64)
        ordinals[order] = np.arange(1, order.size + 1)
        lines[order] = 2 + np.arange(order.size) + np.cumsum(breaks) - breaks  # the header is line 1
        found[table.name] = ordinals, lines
    return found


def _sent(return_name: str, year: int, tables: Tables) -> Iterator[tuple[spec.Table, pl.DataFrame, np.ndarray]]:
    """Each table with its rows that say something, as the year's file has them, and the place that each had."""
    for table in spec.returns()[return_name].tables:
        if not table.meta.file or not spec.within(table.meta.years, year) or table.name not in tables:
            continue
        known = [c.name for c in table.columns if spec.within(c.meta.years, year)]
        known = [name for name in known if (return_name, name) not in XML_ONLY]
        rows, order = in_order(tables[table.name])
        if not rows.height or not set(known) & set(rows.columns):
            continue
        values = [
            pl.when(pl.col(name) != "").then(name) if name in rows.columns else pl.lit(None, pl.String).alias(name)
            for name in known
        ]
        rows = rows.select(values)
        if not any(column.null_count() == 0 for column in rows.get_columns()):  # else each row says something
            is_said = rows.select(pl.any_horizontal(pl.all().is_not_null()))[:, 0].to_numpy()
            rows, order = rows.filter(is_said), order[is_said]
        if rows.height:
            yield table, rows, order


def _text(table: spec.Table, rows: pl.DataFrame, shape: Shape) -> str:
    if shape.has_alias:
        others = {c.name: c.meta.aliases[0] for c in table.columns if c.meta.aliases and c.name in rows.columns}
        telling = [name for name in others if name not in table.meta.grain] or list(others)
        rows = rows.rename({name: others[name] for name in telling[:1]})
    if shape.has_lower_case_header:
        rows = rows.rename(str.lower)
    if shape.has_columns_reversed:
        rows = rows.select(rows.columns[::-1])
    if shape.has_own_column:
        rows = rows.with_columns(pl.lit(OWN_NOTE).alias(OWN_COLUMN))
    return rows.write_csv(separator=shape.delimiter, line_terminator="\r\n")
