"""From rows of a return's tables to the bytes of its files: XML or CSV as the specification lays them out."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from loaders import spec
from synthetic.xml_files import ENCODINGS, Tables, places, to_xml

XML_ONLY = {("ssda903", "UASC")}  # a CSV says it by a row in the UASC file
OWN_COLUMN, OWN_NOTE = "Team’s note", "seen – fine"  # in which an encoding shows


@dataclass(frozen=True)
class Shape:
    """What is odd about the files of a submission that can still be read; by default nothing.

    `file` is the one file that is odd (`episodes.csv`), "" all of them. `dates` is for `as_text`: by the time that
    files are written a date is text.
    """

    file: str = ""
    dates: str = ""  # a format other than the return's own
    encoding: str = "utf-8"  # a key of ENCODINGS
    delimiter: str = ","
    has_lower_case_header: bool = False
    has_columns_reversed: bool = False
    has_alias: bool = False  # a column by the first of its other names
    has_own_column: bool = False  # one that no specification knows
    is_xml: bool = False  # where the return may be sent either way
    is_zip: bool = False
    name: str = "{stem}{suffix}"  # of a file, from its usual stem and suffix


SHAPES = {
    "lower_case_header": Shape(has_lower_case_header=True),
    "reordered_columns": Shape(has_columns_reversed=True),
    "aliased_column": Shape(has_alias=True),
    "iso_dates": Shape(dates="%Y-%m-%d"),
    "byte_order_mark": Shape(encoding="utf-8-sig"),
    "utf_16": Shape(encoding="utf-16"),
    "cp1252": Shape(encoding="windows-1252", has_own_column=True),
    "semicolons": Shape(delimiter=";"),
    "sent_as_xml": Shape(is_xml=True),
    "sent_as_zip": Shape(is_zip=True),
    "file_renamed": Shape(name="{stem} (1) final{suffix}"),
}
PLAIN = Shape()
PLACE = {"source_file": pl.String, "source_row": pl.Int64, "source_line": pl.Int64}


def as_text(return_name: str, table_name: str, frame: pl.DataFrame, dates: str | None = None) -> pl.DataFrame:
    """The frame with the specification's columns as text, as the return's files write values; null is none.

    Dates in the return's own format, or in `dates`; true and false in full. Other columns stay as they are.
    """
    source = spec.returns()[return_name]
    form = dates or source.meta.date_format
    names = {column.name for column in source.table(table_name).columns}
    return frame.with_columns(_text(series, form) for series in frame if series.name in names)


def _text(values: pl.Series, form: str) -> pl.Series:
    if values.dtype == pl.Date:
        return values.dt.strftime(form)
    if values.dtype == pl.Datetime:
        return values.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return values.cast(pl.String)


def is_xml(return_name: str, shape: Shape = PLAIN) -> bool:
    """Whether the return is sent as XML: as it always is, or in this shape."""
    return shape.is_xml or spec.returns()[return_name].meta.formats == ["xml"]


def write(folder: Path, return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> list[Path]:
    """Writes a submission's files to the folder, which is made, and gives their paths; text frames by table name."""
    folder.mkdir(parents=True, exist_ok=True)
    if is_xml(return_name, shape):
        path = folder / _name(f"{return_name}_{year}.xml", shape)
        with path.open("wb") as out:
            to_xml(return_name, year, tables, out, shape.encoding)
        return [path]
    files = dict(to_csv(return_name, year, tables, shape))
    if shape.is_zip:
        files = {_name(f"{return_name}_{year}.zip", shape): zipped(files)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def to_csv(return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> Iterator[tuple[str, bytes]]:
    """The name and bytes of each CSV file of a submission: text frames by table name. No rows, no file."""
    for table, rows, odd in _csv_tables(return_name, year, tables, shape):
        codec, mark = ENCODINGS[odd.encoding]
        yield _name(table.meta.file, odd), mark + _csv(table, rows, odd).encode(codec)


def positions(return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> dict[str, pl.DataFrame]:
    """The frames with where each row stands, in the numbers that the loader gives.

    `source_file` (as `write` names it; of a zip, archive!member), `source_row` (ordinal within its table and file) and
    `source_line` (CSV only). Null where the row is not written.
    """
    found = {}
    for name, rows in _places(return_name, year, tables, shape).items():
        found[name] = tables[name].join(rows, on="row", how="left", maintain_order="left")
    missing = [pl.lit(None, kind).alias(name) for name, kind in PLACE.items()]
    return {name: found[name] if name in found else rows.with_columns(missing) for name, rows in tables.items()}


def _places(return_name: str, year: int, tables: Tables, shape: Shape) -> dict[str, pl.DataFrame]:
    if is_xml(return_name, shape):
        file, no_line = pl.lit(_name(f"{return_name}_{year}.xml", shape)), pl.lit(None, pl.Int64)
        found = places(return_name, year, tables)
        return {
            name: rows.select("row", "source_row", source_file=file, source_line=no_line)
            for name, rows in found.items()
        }
    found = {}
    for table, rows, odd in _csv_tables(return_name, year, tables, shape):
        file = _name(table.meta.file, odd)
        breaks = pl.sum_horizontal(pl.exclude("row").str.count_matches("\n", literal=True))
        found[table.name] = rows.select(
            "row",
            source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            source_file=pl.lit(f"{_name(f'{return_name}_{year}.zip', shape)}!{file}" if shape.is_zip else file),
            source_line=2
            + pl.int_range(pl.len(), dtype=pl.Int64)
            + breaks.cum_sum().shift(1, fill_value=0).cast(pl.Int64),
        )
    return found


def _csv_tables(
    return_name: str, year: int, tables: Tables, shape: Shape
) -> Iterator[tuple[spec.Table, pl.DataFrame, Shape]]:
    """Each table that is sent: its rows that say something, as text in order, and the shape of its file."""
    for table in spec.returns()[return_name].tables:
        if table.meta.file and spec.within(table.meta.years, year) and table.name in tables:
            rows = _said(return_name, table, year, tables[table.name])
            if rows.height:
                yield table, rows, shape if shape.file in ("", table.meta.file) else PLAIN


def _said(return_name: str, table: spec.Table, year: int, rows: pl.DataFrame) -> pl.DataFrame:
    """`row` and the columns of the year's CSV file, of rows that say something, in order; empty text is none."""
    known = [c.name for c in table.columns if spec.within(c.meta.years, year)]
    columns = [name for name in known if (return_name, name) not in XML_ONLY]
    blank = [pl.lit(None, pl.String).alias(name) for name in columns if name not in rows.columns]
    texts = rows.sort("record", "row").with_columns(blank).select("row", pl.col(columns).replace("", None))
    return texts.filter(pl.any_horizontal(pl.col(columns).is_not_null()))


def _csv(table: spec.Table, rows: pl.DataFrame, shape: Shape) -> str:
    rows = rows.drop("row")
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


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but the files: stored, without dates."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as archived:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            archived.writestr(entry, content)
    return archive.getvalue()


def _name(usual: str, shape: Shape) -> str:
    path = Path(usual)
    return shape.name.format(stem=path.stem, suffix=path.suffix)
