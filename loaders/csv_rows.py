"""A CSV table of a return, as batches of Arrow tables, with the line that each row begins on.

The file is streamed into Arrow's reader, decoded on the way: nothing is unpacked or re-encoded on disk, where it would
lie in the clear.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from loaders.headers import Columns, Header, filled
from loaders.spec import Table

MAX_LINE = 1 << 20
BLOCK = 2 * MAX_LINE
DELIMITERS = ",;\t|"


class CsvError(Exception):
    """The file cannot be read as CSV; the message is a sentence for the person who sent it."""


def read_header(file: BinaryIO, encoding: str) -> Header:
    """The header of a CSV file. Raises CsvError where it has none, or nothing below it."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    found, number = None, 0
    try:
        while line := text.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith("\n"):
                raise CsvError(f"line {number} is longer than a million characters; is this a CSV file?")
            if not line.strip(" \t\r\n,;|"):
                continue
            if found:
                return found
            while line.count('"') % 2 and len(line) < MAX_LINE and (more := text.readline(MAX_LINE)):
                line, number = line + more, number + 1  # a name that goes over several lines
            delimiter = max(DELIMITERS, key=line.count)
            names = next(csv.reader([line], delimiter=delimiter))
            found = Header([name.strip().lstrip("\ufeff") for name in names], number, delimiter)
    except UnicodeDecodeError:
        raise CsvError(f"the file is not text in {encoding}") from None
    except csv.Error:
        raise CsvError(f"line {number}, the header, cannot be read") from None
    raise CsvError("it has a header and no rows" if found else "the file has no header line")


class CsvReader:
    """Reads one CSV file as one table. After the last batch, `findings` says what was odd."""

    def __init__(self, table: Table, file: BinaryIO, encoding: str, header: Header, year: int):
        """Read `file` as `table` of a year. Raises HeaderError where its header names a column twice."""
        self.table = table
        self.records = 0
        self._file = file
        self._encoding = encoding
        self._header = header
        self._columns = Columns(table, header.names, year)
        self.findings = list(self._columns.findings)

    def batches(self) -> Iterator[dict[str, pa.Table]]:
        """Yield {table name: Arrow table} as XmlReader does. Raises CsvError where a line cannot be read."""
        names = [str(position) for position in range(len(self._header.names))]
        stream = _Utf8(self._file, self._encoding)
        ragged: list[str] = []

        def judge(row: arrow_csv.InvalidRow) -> str:
            ragged.append(f"line {row.number} has {row.actual_columns} values, the header names {len(names)} columns")
            return "error"

        line = self._header.line + 1
        try:
            reader = arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK, column_names=names, skip_rows=self._header.line
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._header.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,  # they count as lines; filled leaves them out
                    invalid_row_handler=judge,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            for batch in reader:
                spans = _newlines(batch) if stream.quotes else None
                rows = pa.Table.from_batches([batch])
                lines, line = _begins(line, len(rows), spans)
                if spans is not None and pc.max(spans).as_py():
                    self._note_once("A value goes over several lines; is a quotation mark missing?")
                rows, lines = filled(rows, lines)
                if len(rows):
                    numbers = _range(self.records + 1, len(rows))
                    self.records += len(rows)
                    yield {self.table.name: self._columns.arrow(rows, lines, numbers)}
        except pa.ArrowInvalid as error:
            stream.check_quotes()
            raise CsvError(ragged[0] if ragged else _explain(str(error), line)) from None
        except UnicodeDecodeError:
            raise CsvError(f"after line {line} the file is not text in {self._encoding}") from None
        stream.check_quotes()

    def _note_once(self, finding: str) -> None:
        if finding not in self.findings:
            self.findings.append(finding)


class _Utf8(io.RawIOBase):
    """A binary stream in any encoding, read as UTF-8, that counts the quotation marks which pass."""

    def __init__(self, file: BinaryIO, encoding: str):
        """Read `file`, which is in `encoding`."""
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._plain = encoding == "utf-8"
        self.quotes = 0
        self._ended = False

    def check_quotes(self) -> None:
        """Raises CsvError where the file has ended and one of its quotation marks has no partner."""
        if self._ended and self.quotes % 2:
            raise CsvError("a quotation mark is opened and never closed (the file has an odd number of them)")

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Some bytes, about `size` of them; none at the end."""
        while True:
            chunk = self._file.read(size)
            out = chunk if self._plain else self._decoder.decode(chunk, final=not chunk).encode()
            if out or not chunk:
                self._ended = not chunk
                self.quotes += out.count(b'"')
                return out


def _range(first: int, count: int) -> pa.Array:
    return pa.arange(first, first + count)


def _newlines(batch: pa.RecordBatch) -> pa.Array:
    """How many line ends each row has inside its values."""
    counts = [pc.fill_null(pc.count_substring(column, "\n"), 0) for column in batch.columns]
    total = counts[0]
    for count in counts[1:]:
        total = pc.add(total, count)
    return total


def _begins(line: int, count: int, spans: pa.Array | None) -> tuple[pa.Array, int]:
    """The line each row begins on, and the line after the last one."""
    if spans is None:
        return _range(line, count), line + count
    heights = pc.cumulative_sum(pc.add(pc.cast(spans, pa.int64()), 1))
    begins = pc.add(pc.subtract(heights, pc.add(pc.cast(spans, pa.int64()), 1)), line)
    return begins, line + heights[-1].as_py()


def _explain(message: str, line: int) -> str:
    if "straddling" in message:
        return f"a line after line {line} is longer than a million characters; is a quotation mark missing?"
    if "UTF8" in message.upper().replace("-", ""):
        return f"after line {line} the file is not text in UTF-8"
    return f"after line {line} the file cannot be read as CSV"
