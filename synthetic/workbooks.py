"""Rows of a return's tables as a workbook: a sheet for each, with the cells and the spellings that people use.

The XML of sheets is put together column by column, as that of returns is: cell by cell, London would take minutes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase
from xml.sax.saxutils import escape

import polars as pl

from loaders import spec
from synthetic.rows import Tables
from synthetic.shapes import PLAIN, Shape

SHORT = 4  # a code no longer than this stands before its label
DAY_0 = 25_569  # days from the day 0 of spreadsheets to 1 January 1970
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
    return_name: str, year: int, tables: Tables, titles: Mapping[str, str], shape: Shape = PLAIN
) -> Iterator[tuple[str, bytes]]:
    """The bytes of each authority's workbook, by la_code in the order of `titles`, which says what stands above.

    `tables` are typed frames by name, with `la_code` and `row`, codes as the code lists have them. Of the shape count:
    other names of sheets (`has_alias`), small letters and reversed order of the columns, titles above the header
    (`has_title`), and days as text where it has a form of dates. Whatever stands in a frame and is not of the
    specification, or not of the year, is left out. An authority without any row has no workbook.
    """
    heads, bodies = {}, {}
    for table in spec.returns()[return_name].tables:
        if table.name not in tables or not spec.within(table.meta.years, year):
            continue
        rows = tables[table.name].filter(pl.col("la_code").is_in(list(titles))).sort("la_code", "row")
        columns = [c for c in table.columns if c.name in rows.columns and spec.within(c.meta.years, year)]
        columns = columns[::-1] if shape.has_columns_reversed else columns
        heads[sheet_name(table, shape)] = table, _row(_text(header(column, shape)) for column in columns)
        cells = [_cells(return_name, column, rows.schema[column.name], shape) for column in columns]
        body = rows.select("la_code", row=pl.concat_str(pl.lit("<row>"), *cells, pl.lit("</row>")))
        texts = body.group_by("la_code", maintain_order=True).agg(pl.col("row").str.join("\n"))
        bodies[sheet_name(table, shape)] = dict(texts.iter_rows())
    for la_code, title in titles.items():
        if any(la_code in texts for texts in bodies.values()):
            yield (
                la_code,
                _packed(
                    {
                        sheet: "\n".join([*_titles(title, table, shape), head, *_some(bodies[sheet].get(la_code))])
                        for sheet, (table, head) in heads.items()
                    }
                ),
            )


def _titles(title: str, table: spec.Table, shape: Shape) -> list[str]:
    """The rows above a header: whose it is, what the sheet holds, and a blank one."""
    return [_row(map(_text, line)) for line in ([title], [table.description], [])] if shape.has_title else []


def _some(text: str | None) -> list[str]:
    return [] if text is None else [text]


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


def _cells(return_name: str, column: spec.Column, kind: pl.DataType, shape: Shape) -> pl.Expr:
    """The XML of a column's cells; of a blank an empty cell, for cells are counted from the left."""
    value = pl.col(column.name)
    before, after = '<c t="inlineStr"><is><t>', "</t></is></c>"
    if column.meta.type == "choice":
        texts = {code: escape(text) for code, text in _choices(return_name, column.meta.code_list).items()}
        value = value.replace_strict(texts, return_dtype=pl.String)
    elif kind == pl.Date and shape.dates:
        value = value.dt.strftime(shape.dates)
    elif kind == pl.Date:
        before, after, value = '<c s="1"><v>', "</v></c>", value.cast(pl.Int32) + DAY_0
    elif kind.is_numeric():
        before, after = "<c><v>", "</v></c>"
    else:
        for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            value = value.str.replace_all(mark, name, literal=True)
    return pl.concat_str(pl.lit(before), value.cast(pl.String), pl.lit(after)).fill_null("<c/>")


def _choices(return_name: str, code_list: str) -> dict[str, str]:
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
