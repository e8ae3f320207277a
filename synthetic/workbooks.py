"""Rows of a return's tables as a workbook: a sheet for each, with the cells and the spellings that people use."""

import io
from datetime import UTC, date, datetime
from string import ascii_lowercase

import polars as pl
import xlsxwriter

from loaders import spec
from synthetic.rows import Tables
from synthetic.shapes import PLAIN, Shape

WRITTEN = datetime(2020, 1, 1, tzinfo=UTC)  # as the file says: the same file each time
SHORT = 4  # a code no longer than this stands before its label


def to_workbook(return_name: str, year: int, tables: Tables, title: str, shape: Shape = PLAIN) -> bytes:
    """The bytes of a workbook: typed frames by table name with `row`, codes as the code lists have them.

    Of the shape count: other names of sheets (`has_alias`), small letters and reversed order of the columns, titles
    above the header (`has_title`), and days as text where it has a form of dates. Whatever stands in a frame and is not
    of the specification, or not of the year, is left out.
    """
    source = spec.returns()[return_name]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": WRITTEN.replace(tzinfo=None)})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for table in source.tables:
            if table.name not in tables or not spec.within(table.meta.years, year):
                continue
            sheet = book.add_worksheet(sheet_name(table, shape))
            rows = tables[table.name].sort("row")
            columns = [c for c in table.columns if c.name in rows.columns and spec.within(c.meta.years, year)]
            columns = columns[::-1] if shape.has_columns_reversed else columns
            first = first_row(shape)
            if shape.has_title:
                sheet.write_string(0, 0, title)
                sheet.write_string(1, 0, table.description)
            for place, column in enumerate(columns):
                sheet.write_string(first, place, header(column, shape))
                for number, value in enumerate(_cells(return_name, column, rows[column.name], shape), start=first + 1):
                    if isinstance(value, date):
                        sheet.write_datetime(number, place, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif value is not None:
                        sheet.write_number(number, place, value)
    return content.getvalue()


def sheet_name(table: spec.Table, shape: Shape = PLAIN) -> str:
    """The name of a table's sheet: the usual one, or the first of the others."""
    return table.meta.sheet_aliases[0] if shape.has_alias else table.meta.sheet


def first_row(shape: Shape = PLAIN) -> int:
    """The place of the header, from 0."""
    return 3 if shape.has_title else 0


def header(column: spec.Column, shape: Shape = PLAIN) -> str:
    """What stands above a column: its first other name, else its own as people write it."""
    name = column.meta.aliases[0] if column.meta.aliases else column.name.replace("_", " ").capitalize()
    return name.lower() if shape.has_lower_case_header else name


def _cells(return_name: str, column: spec.Column, values: pl.Series, shape: Shape) -> list:
    if column.meta.type == "choice":
        texts = _choices(return_name, column.meta.code_list)
        return values.replace_strict(list(texts), list(texts.values()), return_dtype=pl.String).to_list()
    if values.dtype == pl.Date and shape.dates:
        return values.dt.strftime(shape.dates).to_list()
    return values.to_list()


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
