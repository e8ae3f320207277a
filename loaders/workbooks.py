"""A workbook (.xlsx, .xlsm) as sheets of text, opened so that nothing in it can do harm.

Only what makes up cells is taken: macros, links to other files, pictures and the rest are left behind. What is taken is
looked through first, because the reader sets aside memory for every cell between the first and the last, and a sheet
may say that its last cell is the last there can be.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from loaders.files import MAX_RATIO, RATIO_COUNTS_FROM, UNREADABLE_ZIP

MAX_BYTES = 64 << 20
MAX_UNPACKED = 200 << 20
MAX_CELLS = 3_000_000  # of one sheet, from its first cell to its last
CHUNK = 1 << 20
DAMAGED = "the workbook is damaged; open it, save it again as .xlsx and send that"
TOO_LARGE = "the workbook is far larger than a return can be; send its tables as CSV files"
NEEDED = re.compile(
    r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/(?!media/|embeddings/|externalLinks/).*\.(xml|rels))$", re.I
)
TAG = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)(?=[\s/>])")
ROW = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
PLACED = re.compile(
    rb"<(?:[\w.-]+:)?(?:c|row)(?=\s)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?\sr\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']"
)
TEXTS = re.compile(rb"<(?:[\w.-]+:)?sst(?=\s)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']")
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
NO_DAY = r"^1899-12-3[01] (\d{2}:\d{2}:\d{2})$"  # what a mere time of day is read as


class WorkbookError(Exception):
    """The file cannot be read as a workbook; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells as text, the first row of `rows` being row 1 of the sheet and the first column its A."""

    name: str
    is_hidden: bool
    rows: pa.Table
    counts_from_1904: bool  # what day a bare number means


@dataclass
class _Part:
    """What a look through one part of the workbook tells."""

    last_row: int = 0
    last_column: int = 0
    merged: list[tuple[int, int, int]] = field(default_factory=list)  # column, first row, last row; from 0


def is_workbook(members: list[str]) -> bool:
    """Whether an archive with these members is a workbook of the kind that can be read."""
    return "xl/workbook.xml" in members


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """The sheets of a workbook, in order. Raises WorkbookError where it cannot be read, or would take too much."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise WorkbookError(TOO_LARGE)
    clean, parts, is_1904, places = _look_through(content)
    del content
    reader = _read(lambda: fastexcel.read_excel(clean))
    for name in reader.sheet_names:
        part = parts.get(places.get(name, ""))
        if part is None:
            continue  # a chart
        sheet = _read(
            lambda name=name: reader.load_sheet(
                name, header_row=None, skip_rows=0, dtypes="string", whitespace_as_null=True
            )
        )
        rows = pa.Table.from_batches([_read(sheet.to_arrow)]).rename_columns([*map(str, range(sheet.width))])
        yield Sheet(name, sheet.visible != "visible", _as_sent(rows, part), is_1904)


def _read(act: Callable):
    try:
        return act()
    except fastexcel.FastExcelError:
        raise WorkbookError(DAMAGED) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader gave up; pyo3 has no name for it to import
            raise WorkbookError(DAMAGED) from None
        raise


def _look_through(content: bytes) -> tuple[bytes, dict[str, _Part], bool, dict[str, str]]:
    """The workbook packed anew from what is needed of it; what stands where in each part; whether its days count from
    1904; and which part each sheet is."""
    clean, parts, texts = io.BytesIO(), {}, {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(clean, "w") as target:
            members = {member.filename: member for member in archive.infolist() if NEEDED.match(member.filename)}
            if any(member.flag_bits & 0x1 for member in members.values()):
                raise WorkbookError("the workbook is protected by a password; send it without")
            unpacked = sum(member.file_size for member in members.values())
            packed = sum(member.compress_size for member in members.values())
            if unpacked > MAX_UNPACKED or (unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed):
                raise WorkbookError(TOO_LARGE)
            for name, member in members.items():
                text = archive.read(member)
                if b"<!DOCTYPE" in text:
                    raise WorkbookError(DAMAGED)
                if b"uniqueCount" in text:  # the reader believes it, and sets aside memory for as many texts
                    text = TEXTS.sub(lambda tag: tag[0].replace(b"uniqueCount", b"unused"), text)
                parts[name] = _look_at(text)
                target.writestr(name, text)
                if name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
                    texts[name] = text
    except UNREADABLE_ZIP:
        raise WorkbookError(DAMAGED) from None
    book, relations = (_xml(texts.get(n)) for n in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    places = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        link = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        target = targets.get(link, "")
        places[sheet.get("name")] = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
    settings = book.find("{*}workbookPr")
    is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
    return clean.getvalue(), parts, is_1904, places


def _xml(text: bytes | None):
    try:
        return etree.fromstring(text or b"", etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        raise WorkbookError(DAMAGED) from None


def _look_at(text: bytes) -> _Part:
    """How far the cells of a part of the workbook reach. Raises WorkbookError where that is too far."""
    found, tags, placed = _Part(), 0, 0
    for piece in _pieces(text):
        tags += len(TAG.findall(piece))
        places = PLACED.findall(piece)
        placed += len(places)
        last = max((int(row) if len(row) < 10 else 10**9 for _, row in places), default=0)
        found.last_row = max(found.last_row, last)
        found.last_column = max(found.last_column, *map(_number, {column for column, _ in places}), 0)
        if tags > 2 * MAX_CELLS:
            raise WorkbookError(TOO_LARGE)
    if placed < tags:  # some cells say not where they are, but count on from the one before
        found.last_row += len(ROW.findall(text))
        found.last_column += max(sum(1 for _ in TAG.finditer(row)) for row in ROW.split(text))
    if found.last_row * found.last_column > MAX_CELLS:
        raise WorkbookError(
            f"a sheet reaches to row {found.last_row:,} and column {found.last_column:,}, far more than a return can"
            " hold; delete what stands below and beside its table"
        )
    for left, top, bottom in MERGED.findall(text):
        column, first, last = _number(left) - 1, int(top) - 1, int(bottom) - 1
        if first < last:
            found.merged.append((column, first, min(last, found.last_row - 1)))
    if sum(max(last - first, 0) for _, first, last in found.merged) > MAX_CELLS:
        raise WorkbookError(DAMAGED)
    return found


def _pieces(text: bytes) -> Iterator[bytes]:
    """A text in pieces of about a megabyte, each cut where a tag begins."""
    start = 0
    while start < len(text):
        end = text.find(b"<", start + CHUNK)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def _as_sent(rows: pa.Table, part: _Part) -> pa.Table:
    """The cells as they land: no time where there is only a day, and a merged cell in each of its rows."""
    columns = []
    merged: dict[int, list[tuple[int, int]]] = {}
    for column, first, last in part.merged:
        merged.setdefault(column, []).append((first, last))
    for position, column in enumerate(rows.columns):
        texts = pc.replace_substring_regex(column, MIDNIGHT, r"\1")
        texts = pc.replace_substring_regex(texts, NO_DAY, r"\1")
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
        if position in merged:
            values = texts.to_pylist()
            for first, last in merged[position]:
                for row in range(first + 1, min(last + 1, len(values))):
                    values[row] = values[first]
            texts = pa.array(values, pa.string())
        columns.append(texts)
    return pa.table(columns, names=rows.column_names)
