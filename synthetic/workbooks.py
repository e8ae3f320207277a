"""Rows of a return's tables as a workbook: a sheet for each, with the cells and the spellings that people use.

The XML of sheets is put together column by column, as that of returns is: cell by cell, London would take minutes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from string import ascii_lowercase
from xml.sax.saxutils import escape

import numpy as np
import polars as pl

from loaders import spec
from synthetic import people
from synthetic.rows import Tables, in_order
from synthetic.shapes import PLAIN, Shape

SHORT = 4  # a code no longer than this stands before its label
DAY_0 = 25_569  # days from the day 0 of spreadsheets to 1 January 1970
NUMBER = r"^-?\d+(\.\d+)?$"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (  # the second format of cells is that of days
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


def to_workbooks(
    return_name: str, day: date, tables: Tables, shapes: Mapping[str, Shape]
) -> Iterator[tuple[str, bytes]]:
    """The bytes of each authority's workbook of a day, by la_code in the order of `shapes`.

    `tables` are text frames by name, with `la_code`, `record` and `row`, each a sheet even where it has no rows.
    Numbers, and days in the return's own format, become cells of their kind. Of a shape count: other names of sheets
    (`has_alias`), small letters and reversed order of the columns, titles above the header (`has_title`), days as text
    where it has a form of dates, a sheet that is not there, and that the file is cut. Whatever stands in a frame and is
    not of the specification, or not of the year, is left out. An authority without any row has no workbook.
    """
    source = spec.returns()[return_name]
    year = source.period(day).year
    names = dict(people.authorities().select("la_code", "la_name").iter_rows())
    alike: dict[tuple, list[str]] = {}
    for la_code, shape in shapes.items():
        alike.setdefault((shape.dates, shape.has_columns_reversed), []).append(la_code)
    bodies = {la_code: {} for la_code in shapes}
    for las in alike.values():
        for table in source.tables:
            if table.name in tables:
                own = tables[table.name].filter(pl.col("la_code").is_in(las)).sort("la_code", "record", "row")
                for la_code, text in _bodies(source, table, own, year, shapes[las[0]]):
                    bodies[la_code][table.name] = text
    for la_code, shape in shapes.items():
        title = f"{names[la_code]}: {source.meta.title}, {day:%d/%m/%Y}"
        sheets = {
            sheet_name(table, shape): "\n".join(
                [
                    *_titles(title, table, shape),
                    _row(_text(header(column, shape)) for column in _columns(table, tables[table.name], year, shape)),
                    *([bodies[la_code][table.name]] if table.name in bodies[la_code] else []),
                ]
            )
            for table in written(source, year, tables, shape)
        }
        if bodies[la_code]:
            content = _packed(sheets)
            yield la_code, content[: len(content) // 2] if shape.is_cut else content


def _columns(table: spec.Table, rows: pl.DataFrame, year: int, shape: Shape) -> list[spec.Column]:
    """The columns of a sheet, as they stand from left to right."""
    columns = [c for c in table.columns if c.name in rows.columns and spec.within(c.meta.years, year)]
    return columns[::-1] if shape.has_columns_reversed else columns


def _bodies(
    source: spec.Return, table: spec.Table, rows: pl.DataFrame, year: int, shape: Shape
) -> Iterator[tuple[str, str]]:
    """The XML of each authority's rows of a table."""
    cells = [_cells(source, column, shape) for column in _columns(table, rows, year, shape)]
    body = rows.select("la_code", row=pl.concat_str(pl.lit("<row>"), *cells, pl.lit("</row>")))
    return body.group_by("la_code", maintain_order=True).agg(pl.col("row").str.join("\n")).iter_rows()


def written(source: spec.Return, year: int, tables: Tables, shape: Shape = PLAIN) -> list[spec.Table]:
    """The tables that have a sheet."""
    return [
        table
        for table in source.tables
        if table.name in tables and table.name != shape.lacks and spec.within(table.meta.years, year)
    ]


def places(return_name: str, day: date, tables: Tables, shape: Shape = PLAIN) -> dict[str, np.ndarray]:
    """For each row of a table, in the order of its frame: the row of its sheet."""
    source, found = spec.returns()[return_name], {}
    for table in written(source, source.period(day).year, tables, shape):
        _, order = in_order(tables[table.name])
        found[table.name] = np.empty(order.size, np.int64)
        found[table.name][order] = np.arange(1, order.size + 1) + rows_above(shape)
    return found


def rows_above(shape: Shape) -> int:
    """How many rows of a sheet stand above those of its table."""
    return 4 if shape.has_title else 1


def _titles(title: str, table: spec.Table, shape: Shape) -> list[str]:
    """The rows above a header: whose it is, what the sheet holds, and a blank one."""
    return [_row(map(_text, line)) for line in ([title], [table.description], [])] if shape.has_title else []


def sheet_name(table: spec.Table, shape: Shape = PLAIN) -> str:
    """The name of a table's sheet: the usual one, or the first of the others."""
    return table.meta.sheet_aliases[0] if shape.has_alias else table.meta.sheet


def header(column: spec.Column, shape: Shape = PLAIN) -> str:
    """What stands above a column: its first other name, else its own as people write it."""
    name = column.meta.aliases[0] if column.meta.aliases else column.name.replace("_", " ").capitalize()
    return name.lower() if shape.has_lower_case_header else name


def _row(cells: Iterable[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _text(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def _cells(source: spec.Return, column: spec.Column, shape: Shape) -> pl.Expr:
    """The XML of a column's cells; of a blank an empty cell, for cells are counted from the left."""
    value = pl.col(column.name)
    escaped = value
    for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = escaped.str.replace_all(mark, name, literal=True)
    cell = pl.concat_str(pl.lit('<c t="inlineStr"><is><t>'), escaped, pl.lit("</t></is></c>"))
    if column.meta.type == "date" and not shape.dates:
        day = value.str.to_date(source.meta.date_format, strict=False).cast(pl.Int32) + DAY_0
        cell = pl.concat_str(pl.lit('<c s="1"><v>'), day, pl.lit("</v></c>")).fill_null(cell)
    elif column.meta.type in ("integer", "decimal"):
        number = pl.concat_str(pl.lit("<c><v>"), value, pl.lit("</v></c>"))
        cell = pl.when(value.str.contains(NUMBER)).then(number).otherwise(cell)
    return cell.fill_null("<c/>")


@cache
def choices(return_name: str, code_list: str) -> dict[str, str]:
    """Each code of a list as it is chosen from: `b) N2 - Child's disability`."""
    found, labels = {}, {}
    for code in spec.code_list(return_name, code_list):
        place = labels.setdefault(code.label, len(labels))
        letters = ascii_lowercase[place % 26] * (1 + place // 26)
        text = code.label
        if code.label.upper() != code.code:
            is_short = len(code.code) <= SHORT and code.code.isalnum()
            text = f"{code.code} - {code.label}" if is_short else code.code.capitalize()
        found[code.code] = f"{letters}) {text}"
    return found


def _packed(sheets: dict[str, str]) -> bytes:
    """The parts of a workbook in a zip whose bytes depend on nothing else: rows of XML by the name of their sheet."""
    files = {
        f"xl/worksheets/sheet{number}.xml": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        for number, rows in enumerate(sheets.values(), start=1)
    }
    kinds = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"} | dict.fromkeys(files, "worksheet")
    parts = "".join(f'<Override PartName="/{path}" ContentType="{TYPES}.{kind}+xml"/>' for path, kind in kinds.items())
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(sheets, 1)
    )
    links = {f"rId{number}": ("worksheet", path.removeprefix("xl/")) for number, path in enumerate(files, 1)}
    links["rId0"] = ("styles", "styles.xml")
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    files |= {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{relations}{parts}</Types>',
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links),
        "xl/styles.xml": STYLES,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in sorted(files.items()):
            part = zipfile.ZipInfo(path)
            part.create_system = 3
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, text.encode("utf-8"), compresslevel=1)
    return content.getvalue()


def _links(links: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'
