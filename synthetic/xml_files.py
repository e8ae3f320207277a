"""Rows of a return's tables as its XML: values become text column by column, rows are put into rows innermost first."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from itertools import groupby, repeat
from typing import BinaryIO

import numpy as np
import polars as pl

from loaders import spec
from synthetic import layout
from synthetic.layout import Element
from synthetic.rows import NOBODY, Rows, Tables, in_order, numbers
from synthetic.shapes import ENCODINGS

RECORDS_AT_ONCE = 5000
MARKED = r"[&<>\r]"
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


def to_xml(return_name: str, year: int, tables: Tables, out: BinaryIO, encoding: str = "utf-8") -> None:
    """Writes one submission's XML: `tables` by name, text frames with `record`, `row` and `parent`.

    A row goes into the row `parent` names, else into the first row that can hold it in the same record. A row
    without any value and with none inside it is not written; null is no element, empty text an empty element. Rows of
    tables that share an element are joined, the nth of a record with the nth. Text has only characters that XML
    allows. Raises ValueError where a row names a parent that is not there.
    """
    codec, mark = ENCODINGS[encoding]
    label = encoding.removesuffix("-sig").upper()
    out.write(mark + f'<?xml version="1.0" encoding="{label}"?>\n'.encode(codec))
    for piece in _document(layout.of(return_name, year), _known(return_name, year, tables)):
        out.write(piece.encode(codec))


def places(return_name: str, year: int, tables: Tables) -> dict[str, np.ndarray]:
    """For each row of a table, in the order of its frame: its ordinal in the XML, as the loader counts; 0 for none."""
    root = layout.of(return_name, year)
    held = _hold(root.nested(), _known(return_name, year, tables))
    counted: dict[str, np.ndarray] = {}
    found = {}
    for element, around in _all(root):
        if element.path not in held:
            continue
        rows = held[element.path]
        outer = counted[around.path][rows.holder] if around.path in counted else rows.holder
        turns = np.lexsort((np.arange(rows.height), outer))
        turns = turns[rows.said[turns]]
        counted[element.path] = ordinals = np.zeros(rows.height, np.int64)
        ordinals[turns] = np.arange(1, turns.size + 1)
        for table in element.tables:
            if table.name in rows.origins:
                origin = rows.origins[table.name]
                found[table.name] = np.zeros(tables[table.name].height, np.int64)
                is_row = (origin >= 0) & _is_row(table, element, rows)
                found[table.name][origin[is_row]] = ordinals[is_row]
    return found


def _known(return_name: str, year: int, tables: Tables) -> dict[str, Rows]:
    """The rows of each table that the year's XML has, with the columns that the year has."""
    known = {}
    for table in spec.returns()[return_name].tables:
        rows = tables.get(table.name)
        if rows is not None and rows.height and table.meta.path and spec.within(table.meta.years, year):
            rows, order = in_order(rows)
            columns = {
                table.path(column): column.name
                for column in table.columns
                if column.name in rows.columns and spec.within(column.meta.years, year)
            }
            keys = (numbers(rows[key]) for key in ("record", "row", "parent"))
            known[table.name] = Rows(rows, *keys, columns, {table.name: order})
    return known


def _all(around: Element) -> Iterator[tuple[Element, Element]]:
    """Every element of rows inside with the one next around it, outermost first."""
    for inner in around.nested():
        yield inner, around
        yield from _all(inner)


def _is_row(table: spec.Table, element: Element, rows: Rows) -> np.ndarray | bool:
    """Whether an element that several tables share is a row of this one."""
    column = rows.columns.get(f"{element.path}/{table.meta.row_when}")
    if not table.meta.row_when or not column:
        return not table.meta.row_when
    return rows.frame.select(~pl.col(column).fill_null("").str.strip_chars().is_in(["", "0"]))[:, 0].to_numpy()


def _document(around: Element, tables: dict[str, Rows]) -> Iterator[str]:
    """The text of an element that stands around the records, in pieces of some thousand records, a line for each."""
    yield f"<{around.tag}>\n"
    for inner in around.inside:
        if inner.is_rows:
            for some in _portions(inner, tables) if inner.is_record else [tables]:
                held = _hold([inner], some)
                if inner.path in held:
                    yield "\n".join([*filter(None, _texts(inner, held)), ""])
        else:
            yield from _document(inner, tables)
    yield f"</{around.tag}>\n"


def _portions(record: Element, tables: dict[str, Rows]) -> Iterator[dict[str, Rows]]:
    """The tables that the records are made of, cut between records."""
    elements = [record, *(inner for inner, _ in _all(record))]
    inside = {t.name: tables[t.name] for element in elements for t in element.tables if t.name in tables}
    records = np.unique(np.concatenate([rows.record for rows in inside.values()])) if inside else np.array([])
    for first in range(0, records.size, RECORDS_AT_ONCE):
        some = records[first : first + RECORDS_AT_ONCE]
        parts = {name: rows.part(some[0], some[-1]) for name, rows in inside.items()}
        yield {name: part for name, part in parts.items() if part.height}


def _hold(outermost: list[Element], tables: dict[str, Rows]) -> dict[str, Rows]:
    """By path, the rows of each element, each with the row that holds it and whether it says something."""
    found: dict[str, Rows] = {}
    for element in outermost:
        _gather(element, tables, found)
        if element.path in found:
            found[element.path] = replace(found[element.path], holder=np.zeros(found[element.path].height, np.int64))
    return found


def _gather(element: Element, tables: dict[str, Rows], found: dict[str, Rows]) -> None:
    """Adds an element and what is inside it to what was found, innermost first."""
    for inner in element.nested():
        _gather(inner, tables, found)
    inside = {inner.path: found[inner.path] for inner in element.nested() if inner.path in found}
    rows = _with_blanks(_rows(element, tables), list(inside.values()))
    if not rows.height:
        return
    said, is_marked = _says(rows)
    by_row = np.argsort(rows.row, kind="stable")
    for path, held in inside.items():
        named = held.parent != NOBODY
        holder = np.searchsorted(rows.record, held.record)  # the record's first
        if named.any():
            at = by_row[np.searchsorted(rows.row, held.parent, sorter=by_row).clip(max=rows.height - 1)]
            if (rows.row[at] != held.parent)[named].any():
                raise ValueError(f"A row of {path} names a parent that is not among the rows of {element.path}.")
            holder = np.where(named, at, holder)
        found[path] = replace(held, holder=holder)
        said[holder[held.said]] = True
    if said.any():
        found[element.path] = replace(rows, said=said, is_marked=is_marked)


def _says(rows: Rows) -> tuple[np.ndarray, bool]:
    """Whether each row has a value that is not empty; and whether anything in them has to be escaped."""
    if not rows.columns:
        return np.zeros(rows.height, bool), False
    values = pl.concat_str(sorted(set(rows.columns.values())), ignore_nulls=True)
    looked = rows.frame.select(values != "", values.str.contains(MARKED).any().alias("is_marked"))
    return looked[:, 0].to_numpy(writable=True), looked[0, 1]


def _with_blanks(rows: Rows, inside: list[Rows]) -> Rows:
    """The rows, and a blank one for each record that has something inside and no row to hold it."""
    loose = [part.record[part.parent == NOBODY] for part in inside]
    records = np.setdiff1d(np.concatenate(loose), rows.record) if loose else np.array([])
    if not records.size:
        return rows
    if not rows.height:
        return Rows(pl.DataFrame(), records, -1 - records, np.full(records.size, NOBODY), {}, {})
    record = np.concatenate([rows.record, records])
    order = np.argsort(record, kind="stable")
    fill = np.full(records.size, NOBODY)
    return Rows(
        pl.concat([rows.frame, pl.DataFrame({"record": records})], how="diagonal_relaxed")[order],
        record[order],
        np.concatenate([rows.row, -1 - records])[order],
        np.concatenate([rows.parent, fill])[order],
        rows.columns,
        {name: np.concatenate([origin, np.full(records.size, -1)])[order] for name, origin in rows.origins.items()},
    )


def _rows(element: Element, tables: dict[str, Rows]) -> Rows:
    """The element's rows: those of its table, or of several tables joined."""
    parts = [tables[table.name] for table in element.tables if table.name in tables]
    if not parts:
        return Rows(pl.DataFrame(), *[np.array([], np.int64)] * 3, {}, {})
    paths = [value.path for value in element.values()]
    parts = [replace(p, columns={path: c for path, c in p.columns.items() if path in paths}) for p in parts]
    return reduce(_joined, parts)


def _joined(left: Rows, right: Rows) -> Rows:
    """Rows of two tables in one element, the nth of a record with the nth; the first one's values come first."""
    keys = [np.column_stack([p.record, _nth(p.record)]) for p in (left, right)]
    both, places = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    at = [np.full(len(both), -1), np.full(len(both), -1)]
    at[0][places[: left.height]] = np.arange(left.height)
    at[1][places[left.height :]] = np.arange(right.height)
    values = {
        path: pl.coalesce(
            *(_taken(p.frame[p.columns[path]], a) for p, a in zip((left, right), at, strict=True) if path in p.columns)
        )
        for path in left.columns | right.columns
    }
    is_left = at[0] >= 0
    return Rows(
        pl.select(**values),
        both[:, 0],
        np.where(is_left, left.row[at[0]], right.row[at[1]]),
        np.where(is_left, left.parent[at[0]], right.parent[at[1]]),
        {path: path for path in values},
        {n: np.where(a >= 0, o[a], -1) for p, a in zip((left, right), at, strict=True) for n, o in p.origins.items()},
    )


def _nth(record: np.ndarray) -> np.ndarray:
    """Of sorted records: 0 for the first row of each, 1 for the second, and so on."""
    return np.arange(record.size) - np.searchsorted(record, record)


def _taken(values: pl.Series, at: np.ndarray) -> pl.Series:
    """The values at those places; null where there is none (-1)."""
    return values.gather(pl.Series(np.maximum(at, 0))).set(pl.Series(at < 0), None)


def _texts(element: Element, held: dict[str, Rows]) -> list[str]:
    """The XML of each row of an element, in order; empty for a row that is not written."""
    rows = held[element.path]
    texts = _around(element, rows, held)
    if rows.said.all():
        return texts
    return [text if said else "" for text, said in zip(texts, rows.said.tolist(), strict=True)]


def _around(element: Element, rows: Rows, held: dict[str, Rows]) -> list[str]:
    """For each row, an element with its values and the rows it holds; of a wrapper around nothing, empty text."""
    if not any(inner.path in held for inner, _ in _all(element)):
        text = _text(element, rows)
        return [""] * rows.height if text is None else rows.frame.select(text.fill_null(""))[:, 0].to_list()
    parts = [_part(inner, rows, held) for inner in element.inside]
    runs = [list(run) for _, run in groupby((part for part in parts if part is not None), key=type)]
    values = [
        pl.concat_str(run, ignore_nulls=True).alias(str(n)) for n, run in enumerate(runs) if isinstance(run[0], pl.Expr)
    ]
    read = iter(rows.frame.select(values).get_columns() if values else [])
    texts = [one for run in runs for one in ([next(read).to_list()] if isinstance(run[0], pl.Expr) else run)]
    start, end = f"<{element.tag}>", f"</{element.tag}>"
    if element.is_rows:
        return list(map("".join, zip(repeat(start), *texts, repeat(end))))
    return [f"{start}{inside}{end}" if inside else "" for inside in map("".join, zip(*texts, strict=True))]


def _part(inner: Element, rows: Rows, held: dict[str, Rows]) -> list[str] | pl.Expr | None:
    """What an element inside another adds to each row's text; values stay expressions, to be read together."""
    if inner.is_rows:
        return _inside(inner, rows.height, held) if inner.path in held else None
    return _around(inner, rows, held) if inner.nested() else _text(inner, rows)


def _inside(element: Element, height: int, held: dict[str, Rows]) -> list[str]:
    """For each of so many rows, the XML of the rows of the element that it holds."""
    texts = [""] * height
    for holder, text in zip(held[element.path].holder.tolist(), _texts(element, held), strict=True):
        texts[holder] += text
    return texts


def _text(element: Element, rows: Rows) -> pl.Expr | None:
    """An element in which no rows are, as text; null where it has no value, none where it has no column."""
    if element.columns:
        if element.path not in rows.columns:
            return None
        inside = pl.col(rows.columns[element.path])
        if rows.is_marked:
            inside = inside.str.replace_many(ESCAPES)
    else:
        pieces = [text for inner in element.inside if (text := _text(inner, rows)) is not None]
        if not pieces:
            return None
        inside = pl.concat_str(pieces, ignore_nulls=True)
        if not element.is_rows:  # a wrapper of nothing is nothing
            inside = pl.when(inside != "").then(inside)
    return pl.concat_str(pl.lit(f"<{element.tag}>"), inside, pl.lit(f"</{element.tag}>"))
