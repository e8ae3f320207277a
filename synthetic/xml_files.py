"""Rows of a return's tables as its XML: every element built from its rows with string expressions, innermost first."""

import codecs
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import BinaryIO

import polars as pl

from loaders import spec
from synthetic import layout
from synthetic.layout import Element

RECORDS_AT_ONCE = 5000
KEYS = ("record", "row", "parent")
MARKED = r"[&<>\r]"
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
ENCODINGS = {  # by name: the codec, the mark before the text (not left to the codec: it follows the machine)
    "utf-8": ("utf-8", b""),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE),
    "windows-1252": ("cp1252", b""),
}

Tables = Mapping[str, pl.DataFrame]


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


def places(return_name: str, year: int, tables: Tables) -> dict[str, pl.DataFrame]:
    """Where each row stands in the XML: `row`, `source_row` (its ordinal, as the loader counts) and `record_number`.

    A row that is not written is not there.
    """
    root = layout.of(return_name, year)
    counted = _elements(root.nested(), _known(return_name, year, tables))
    found = {}
    for element, above in _all(root):
        if element.path not in counted:
            continue
        rows = counted[element.path]
        if above.path in counted:
            outer = counted[above.path].select("record_number", holder="row", turn="source_row")
            rows = rows.join(outer, on="holder", how="left").sort("turn", "record", "row")
        rows = rows.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
        if element.is_record:
            rows = rows.with_columns(record_number="source_row")
        elif "record_number" not in rows.columns:  # outside the records, as a header
            rows = rows.with_columns(record_number=pl.lit(None, pl.Int64))
        counted[element.path] = rows
        for table in element.tables:
            if f"row {table.name}" in rows.columns:
                own = rows.filter(_is_row(table, element)).with_columns(row=f"row {table.name}")
                found[table.name] = own.select("row", "source_row", "record_number")
    return found


def _is_row(table: spec.Table, element: Element) -> pl.Expr:
    """Whether an element that several tables share is a row of this one."""
    there = pl.col(f"row {table.name}").is_not_null()
    if not table.meta.row_when:
        return there
    return there & ~pl.col(f"{element.path}/{table.meta.row_when}").fill_null("").str.strip_chars().is_in(["", "0"])


def _all(element: Element) -> Iterator[tuple[Element, Element]]:
    """Every element of rows inside with the one next around it, outermost first."""
    for inner in element.nested():
        yield inner, element
        yield from _all(inner)


def _known(return_name: str, year: int, tables: Tables) -> dict[str, pl.DataFrame]:
    """Of each table that the year's XML has and that has rows: keys and the year's columns, in order."""
    known = {}
    for table in spec.returns()[return_name].tables:
        rows = tables.get(table.name)
        if rows is not None and rows.height and table.meta.path and spec.within(table.meta.years, year):
            columns = [c.name for c in table.columns if c.name in rows.columns and spec.within(c.meta.years, year)]
            known[table.name] = rows.select(pl.col(KEYS).cast(pl.Int64), *columns).sort("record", "row")
    return known


def _document(around: Element, tables: dict[str, pl.DataFrame]) -> Iterator[str]:
    """The text of an element that stands around the records, in pieces of some thousand records."""
    yield f"<{around.tag}>"
    for inner in around.inside:
        if inner.is_record:
            yield "\n"
            for some in _portions(inner, tables):
                yield "\n".join([*_texts(inner, _elements([inner], some)), ""])
        elif inner.is_rows:
            yield "".join(_texts(inner, _elements([inner], tables)))
        else:
            yield from _document(inner, tables)
    yield f"</{around.tag}>"


def _portions(record: Element, tables: dict[str, pl.DataFrame]) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables that the records are made of, cut between records."""
    elements = [record, *(inner for inner, _ in _all(record))]
    inside = {t.name: tables[t.name] for element in elements for t in element.tables if t.name in tables}
    records = pl.concat([rows["record"] for rows in inside.values()] or [pl.Series([], dtype=pl.Int64)]).unique().sort()
    for first in range(0, records.len(), RECORDS_AT_ONCE):
        some = records[first : first + RECORDS_AT_ONCE]
        yield {
            name: part
            for name, rows in inside.items()
            if (part := rows.filter(pl.col("record").is_between(some[0], some[-1]))).height
        }


def _elements(outermost: list[Element], tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """By path, each element of rows: its rows that say something, with the `holder` (the row around each)."""
    found: dict[str, pl.DataFrame] = {}
    for element in outermost:
        _gather(element, tables, found)
    return found


def _gather(element: Element, tables: dict[str, pl.DataFrame], found: dict[str, pl.DataFrame]) -> None:
    """Adds an element and what is inside it to what was found, innermost first."""
    for inner in element.nested():
        _gather(inner, tables, found)
    inside = [inner.path for inner in element.nested() if inner.path in found]
    rows = _with_holders(_rows(element, tables), [found[path] for path in inside])
    first = rows.group_by("record", maintain_order=True).agg(first=pl.col("row").first())
    for path in inside:
        held = found[path].join(first, on="record", how="left", maintain_order="left")
        found[path] = held.with_columns(holder=pl.coalesce("parent", "first")).drop("first")
        if not found[path]["holder"].is_in(rows["row"].implode()).all():
            raise ValueError(f"A row of {path} names a parent that is not among the rows of {element.path}.")
    says = [pl.col(value.path).str.len_bytes() > 0 for value in element.values() if value.path in rows.columns]
    says += [pl.col("row").is_in(found[path]["holder"].implode()) for path in inside]
    rows = rows.filter(pl.any_horizontal(says)) if says else rows.clear()
    if rows.height:
        found[element.path] = rows


def _with_holders(rows: pl.DataFrame, inside: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows, and a blank one for each record that has something inside and no row to hold it."""
    if not inside:
        return rows
    loose = pl.concat([part.filter(pl.col("parent").is_null()).select("record") for part in inside]).unique()
    blank = loose.join(rows, on="record", how="anti").with_columns(row=-1 - pl.col("record"))
    return pl.concat([rows, blank], how="diagonal").sort("record", "row") if blank.height else rows


def _rows(element: Element, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The element's rows in order with their values by path; `row <table>` says which row of a table each is."""
    parts = []
    for table in element.tables:
        if table.name in tables:
            rows = tables[table.name]
            paths = {c: value.path for value in element.values() for name, c in value.columns if name == table.name}
            values = [pl.col(c).alias(path) for c, path in paths.items() if c in rows.columns]
            parts.append(rows.select(*KEYS, pl.col("row").alias(f"row {table.name}"), *values))
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(KEYS, pl.Int64))
    if len(parts) == 1:
        return parts[0]
    nth = pl.int_range(pl.len()).over("record").alias("nth")
    return reduce(_merged, [part.with_columns(nth) for part in parts]).sort("record", "nth").drop("nth")


def _merged(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Rows of two tables in one element; where both have a value, the first one's counts."""
    both = [c for c in right.columns if c in left.columns and c not in ("record", "nth")]
    joined = left.join(right, on=["record", "nth"], how="full", coalesce=True, suffix=" right")
    return joined.with_columns(pl.coalesce(c, f"{c} right") for c in both).drop(f"{c} right" for c in both)


def _texts(element: Element, found: dict[str, pl.DataFrame]) -> pl.Series:
    """The XML of each row of an element, in order."""
    if element.path not in found:
        return pl.Series([], dtype=pl.String)
    rows = found[element.path]
    for inner in element.nested():
        if inner.path in found:
            texts = found[inner.path].select("holder").with_columns(_texts(inner, found).alias(inner.path))
            texts = texts.group_by("holder", maintain_order=True).agg(pl.col(inner.path).str.join(""))
            rows = rows.join(texts, left_on="row", right_on="holder", how="left", maintain_order="left")
    marked = [v.path for v in element.values() if v.path in rows.columns and _is_marked(rows[v.path])]
    rows = rows.with_columns(pl.col(path).str.replace_many(ESCAPES) for path in marked)
    return rows.select(_text(element, rows.columns))[:, 0]


def _is_marked(values: pl.Series) -> bool:
    return bool(values.str.contains(MARKED).any())


def _text(element: Element, columns: list[str]) -> pl.Expr | None:
    """An element as text, of values and texts that are columns by their path; null where it has none."""
    if element.columns:
        if element.path not in columns:
            return None
        inside = pl.col(element.path)
    else:
        pieces = [
            (pl.col(inner.path) if inner.path in columns else None) if inner.is_rows else _text(inner, columns)
            for inner in element.inside
        ]
        inside = pl.concat_str([piece for piece in pieces if piece is not None] or [pl.lit("")], ignore_nulls=True)
        if not element.is_rows:  # a wrapper of nothing is nothing
            inside = pl.when(inside != "").then(inside)
    return pl.concat_str(pl.lit(f"<{element.tag}>"), inside, pl.lit(f"</{element.tag}>"))
