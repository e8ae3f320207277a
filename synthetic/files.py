"""From rows of a return's tables to the bytes of its files: XML, CSV or a workbook, as the specification has it."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from loaders import spec
from synthetic import csv_files, workbooks, xml_files
from synthetic.csv_files import XML_ONLY, to_csv
from synthetic.rows import Tables
from synthetic.shapes import PLAIN, SHAPES, SHAPES_OF_WORKBOOKS, Shape
from synthetic.xml_files import to_xml

__all__ = [
    "PLAIN",
    "SHAPES",
    "SHAPES_OF_WORKBOOKS",
    "XML_ONLY",
    "Shape",
    "as_text",
    "file_name",
    "is_workbook",
    "is_xml",
    "positions",
    "to_csv",
    "to_xml",
    "write",
    "zipped",
]


def as_text(return_name: str, table_name: str, frame: pl.DataFrame, dates: str | None = None) -> pl.DataFrame:
    """The frame with the specification's columns as text, as the return's files write values; null is none.

    Dates in the return's own format, or in `dates`; true and false in full; of a choice its words. Other columns stay
    as they are.
    """
    source = spec.returns()[return_name]
    form = dates or source.meta.date_format
    known = {column.name: column for column in source.table(table_name).columns}
    kinds = {name: kind for name, kind in frame.schema.items() if name in known and kind != pl.String}
    chosen = [name for name in frame.columns if name in known and known[name].meta.type == "choice"]
    return frame.with_columns(
        *(_text(name, kind, form) for name, kind in kinds.items() if name not in chosen),
        *(pl.col(name).replace(workbooks.choices(return_name, known[name].meta.code_list)) for name in chosen),
    )


def _text(name: str, kind: pl.DataType, form: str) -> pl.Expr:
    if kind.is_temporal():
        return pl.col(name).dt.strftime(form if kind == pl.Date else "%Y-%m-%dT%H:%M:%S")
    return pl.col(name).cast(pl.String)


def is_xml(return_name: str, shape: Shape = PLAIN) -> bool:
    """Whether the return is sent as XML: as it always is, or in this shape."""
    return shape.is_xml or spec.returns()[return_name].meta.formats[0] == "xml"


def is_workbook(return_name: str) -> bool:
    """Whether the return is sent as a workbook."""
    return spec.returns()[return_name].meta.formats[0] == "workbook"


def write_all(
    folders: Mapping[str, Path],
    return_name: str,
    said: int | date,
    writes: Sequence[tuple[str, Tables, Shape]],
) -> list[Path]:
    """Writes the files of several submissions, each an la_code, tables and shape, as `write` does each.

    Workbooks are made together: one by one takes many times as long.
    """
    if not is_workbook(return_name):
        return [path for one, *rest in writes for path in write(folders[one], return_name, said, *rest)]
    if not writes:
        return []
    submissions = {la_code: tables for la_code, tables, _ in writes}  # a second file is a copy of the first
    shapes = {la_code: shape for la_code, _, shape in writes}
    names = dict.fromkeys(name for tables in submissions.values() for name in tables)
    together = {name: pl.concat(own[name] for own in submissions.values() if name in own) for name in names}
    books, paths = dict(workbooks.to_workbooks(return_name, said, together, shapes)), []
    for la_code, _, shape in writes:
        path = folders[la_code] / shape.named(_whole(return_name, said, shape))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(books[la_code])
        paths.append(path)
    return paths


def write(folder: Path, return_name: str, said: int | date, tables: Tables, shape: Shape = PLAIN) -> list[Path]:
    """Writes a submission's XML or CSV files to the folder, which is made, and gives their paths.

    `said` is the year of the return or, where it is of a day, that day; `tables` are text frames by table name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / shape.named(_whole(return_name, said, shape))
    if is_xml(return_name, shape):
        with path.open("wb") as out:
            to_xml(return_name, said, tables, out, shape.encoding)
        return [path]
    files = dict(to_csv(return_name, said, tables, shape))
    if shape.is_zip:
        files = {path.name: zipped(files)}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return [folder / file for file in files]


def _whole(return_name: str, said: int | date, shape: Shape) -> str:
    """The usual name of a file that holds a whole submission."""
    kind = "xml" if is_xml(return_name, shape) else "xlsx" if is_workbook(return_name) else "zip"
    return f"{return_name}_{said}.{kind}"


def file_name(return_name: str, table: str, said: int | date, shape: Shape = PLAIN) -> str:
    """The file that a table is in, as the loader names it: of a zip archive!member, of a workbook file!sheet."""
    about, whole = spec.returns()[return_name].table(table), shape.named(_whole(return_name, said, shape))
    if is_xml(return_name, shape):
        return whole
    if is_workbook(return_name):
        return f"{whole}!{workbooks.sheet_name(about, shape)}"
    file = shape.of(about.meta.file).named(about.meta.file)
    return f"{whole}!{file}" if shape.is_zip else file


def rows_above(return_name: str, shape: Shape) -> int:
    """How many rows of a file or sheet the loader counts before those of its table."""
    return workbooks.rows_above(shape) if is_workbook(return_name) else 0


def positions(return_name: str, said: int | date, tables: Tables, shape: Shape = PLAIN) -> dict[str, pl.DataFrame]:
    """The frames with where each row stands, in the numbers that the loader gives.

    `source_file` (as `file_name` has it), `source_row` (ordinal within its table and file, or row of the sheet) and
    `source_line` (not of XML). Null where the row is not written.
    """
    if is_xml(return_name, shape):
        found = {table: (at, at * 0) for table, at in xml_files.places(return_name, said, tables).items()}
    elif is_workbook(return_name):
        found = {table: (at, at) for table, at in workbooks.places(return_name, said, tables, shape).items()}
    else:
        found = csv_files.places(return_name, said, tables)
    names = {table: file_name(return_name, table, said, shape) for table in found}
    return {
        table: _placed(rows, names[table], *found[table]) if table in found else _placed(rows)
        for table, rows in tables.items()
    }


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
