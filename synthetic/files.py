"""From rows of a return's tables to the bytes of its files: XML or CSV as the specification lays them out."""

import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from loaders import spec
from synthetic import csv_files, xml_files
from synthetic.csv_files import XML_ONLY, to_csv
from synthetic.rows import Tables
from synthetic.shapes import PLAIN, SHAPES, Shape
from synthetic.xml_files import to_xml

__all__ = [
    "PLAIN",
    "SHAPES",
    "XML_ONLY",
    "Shape",
    "as_text",
    "is_xml",
    "positions",
    "to_csv",
    "to_xml",
    "write",
    "zipped",
]


def as_text(return_name: str, table_name: str, frame: pl.DataFrame, dates: str | None = None) -> pl.DataFrame:
    """The frame with the specification's columns as text, as the return's files write values; null is none.

    Dates in the return's own format, or in `dates`; true and false in full. Other columns stay as they are.
    """
    source = spec.returns()[return_name]
    form = dates or source.meta.date_format
    names = {column.name for column in source.table(table_name).columns}
    kinds = {name: kind for name, kind in frame.schema.items() if name in names and kind != pl.String}
    return frame.with_columns(_text(name, kind, form) for name, kind in kinds.items())


def _text(name: str, kind: pl.DataType, form: str) -> pl.Expr:
    if kind.is_temporal():
        return pl.col(name).dt.strftime(form if kind == pl.Date else "%Y-%m-%dT%H:%M:%S")
    return pl.col(name).cast(pl.String)


def is_xml(return_name: str, shape: Shape = PLAIN) -> bool:
    """Whether the return is sent as XML: as it always is, or in this shape."""
    return shape.is_xml or spec.returns()[return_name].meta.formats[0] == "xml"


def write(folder: Path, return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> list[Path]:
    """Writes a submission's files to the folder, which is made, and gives their paths; text frames by table name."""
    folder.mkdir(parents=True, exist_ok=True)
    if is_xml(return_name, shape):
        path = folder / shape.named(f"{return_name}_{year}.xml")
        with path.open("wb") as out:
            to_xml(return_name, year, tables, out, shape.encoding)
        return [path]
    files = dict(to_csv(return_name, year, tables, shape))
    if shape.is_zip:
        files = {shape.named(f"{return_name}_{year}.zip"): zipped(files)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def positions(return_name: str, year: int, tables: Tables, shape: Shape = PLAIN) -> dict[str, pl.DataFrame]:
    """The frames with where each row stands, in the numbers that the loader gives.

    `source_file` (as `write` names it; of a zip, archive!member), `source_row` (ordinal within its table and file) and
    `source_line` (CSV only). Null where the row is not written.
    """
    source = spec.returns()[return_name]
    if is_xml(return_name, shape):
        file = shape.named(f"{return_name}_{year}.xml")
        found = {name: (file, at, at * 0) for name, at in xml_files.places(return_name, year, tables).items()}
    else:
        found = {}
        for name, (ordinals, lines) in csv_files.places(return_name, year, tables).items():
            usual = source.table(name).meta.file
            file = shape.of(usual).named(usual)
            if shape.is_zip:
                file = f"{shape.named(f'{return_name}_{year}.zip')}!{file}"
            found[name] = file, ordinals, lines
    return {name: _placed(rows, *found[name]) if name in found else _placed(rows) for name, rows in tables.items()}


def _placed(rows: pl.DataFrame, file: str = "", *numbers: np.ndarray) -> pl.DataFrame:
    """The rows with a file's name and two numbers, of which 0 is null."""
    ordinals, lines = numbers or [np.zeros(rows.height, np.int64)] * 2
    names = pl.Series("source_file", [file]).new_from_index(0, rows.height)
    columns = names, pl.Series("source_row", ordinals), pl.Series("source_line", lines)
    return rows.hstack(
        [
            column if at.all() else column.set(pl.Series(at == 0), None)
            for column, at in zip(columns, (ordinals, ordinals, lines), strict=True)
        ]
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but the files: stored, without dates."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as archived:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            archived.writestr(entry, content)
    return archive.getvalue()
