"""Published statistics: files told by their columns, and landed long, a row per figure, as they are published.

What the files look like is said in `models/reference/official/_official__sources.yml`. They are public; they stand in
the vault because that is where what was sent is kept, and outlives each build.
"""

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree
from pyarrow import csv as arrow_csv

from loaders.files import Part, Refusal, look
from loaders.official_spec import LEVEL, TABLES, Dataset, NoFigures, Publication, official
from loaders.spec import PROJECT

BEGINNING = 1 << 16  # of a text file, in which its header stands
MAX_WORDS = 4 << 20  # of a workbook's texts
NUMBER = r"^-?(\d[\d,]*)?\.?\d+([eE][-+]?\d+)?%?$"
IN_WORDS = ("words", "date")  # units of what is no number


@dataclass(frozen=True)
class Table:
    """A file that holds figures, and where in it they stand."""

    publication: Publication
    dataset: Dataset
    columns: dict[str, str]  # column as the description calls it: as the file does
    strangers: tuple[str, ...]  # columns of the file that the description does not know

    @property
    def areas(self) -> dict[str | None, list[str]]:
        """The columns of the file that name the area, the first to be asked first; by level, or for all (None)."""
        found = {}
        for level, wanted in _areas(self.publication, self.dataset).items():
            found[level] = [self.columns[name] for name in wanted if name in self.columns]
        return {level: columns for level, columns in found.items() if columns}

    @property
    def unread(self) -> int:
        """How many columns of the description the file lacks, and of the file the description."""
        known = len(self.dataset.filters) + len(self.dataset.ignored) + len(self.dataset.units)
        return len(self.strangers) * 1_000 + known - sum(name in self.columns for name in _own(self.dataset))


def _areas(publication: Publication, dataset: Dataset) -> dict[str | None, list[str]]:
    areas = publication.areas if dataset.areas is None else dataset.areas
    return areas if isinstance(areas, dict) else {None: areas}


def _own(dataset: Dataset) -> list[str]:
    return [*dataset.filters, *dataset.ignored, *dataset.units]


def recognise(part: Part) -> list[Table] | NoFigures | None:
    """What published file this is; None where it is none that is known. Raises OSError where it cannot be read.

    Several tables where the columns alone do not tell which it is.
    """
    with part.open() as file:
        head = file.read(BEGINNING)
    if head.startswith(b"PAR1"):
        with part.open() as file:
            return _tables(_parquet(file).schema_arrow.names)
    if head.startswith(b"PK\3\4"):
        with part.open() as file:
            return _no_figures(_words(file)) if file.seekable() else None  # a workbook in an archive is a return's
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith("<") or "\0" in text:
        return None
    first = text.partition("\n")[0].strip()
    plain = [one for one in official().no_figures if one.begins and one.begins.lower() == first.lower()]
    if plain:
        return plain[0]
    try:
        names = [name.strip() for name in next(csv.reader([first]), [])]
    except csv.Error:
        return None
    return _tables(names) or _no_figures(names)


def _no_figures(names: list[str]) -> NoFigures | None:
    there = {name.lower() for name in names}
    for one in official().no_figures:
        wanted = {name.lower() for name in one.columns}
        if wanted and wanted <= there and (not one.only_these or wanted == there):
            return one
    return None


def _tables(names: list[str]) -> list[Table] | None:
    """The tables that a header fits best: all but a few of its columns are known, and every filter is there."""
    there = {name.lower(): name for name in names}
    if len(there) < len(names) or not there.keys() & _all_indicators():
        return None
    fitting = []
    for publication in official().publications:
        for dataset in publication.datasets:
            areas = [name for names in _areas(publication, dataset).values() for name in names]
            period = [dataset.period] if dataset.period else []
            wanted = [*areas, LEVEL, *publication.ignored, *_own(dataset), *period]
            columns = {column: there[name] for column in wanted for name in dataset.spellings(column) if name in there}
            table = Table(publication, dataset, columns, tuple(n for n in names if n not in columns.values()))
            found = sum(name in columns for name in dataset.units)
            told = not dataset.period or dataset.period in columns
            if told and table.areas and columns.keys() >= set(dataset.filters) and found > len(table.strangers):
                fitting.append(table)
    best = min((table.unread for table in fitting), default=None)
    return [table for table in fitting if table.unread == best] or None


@cache
def _all_indicators() -> frozenset[str]:
    """Every name that an indicator has had, in lower case: a file with none of them holds no figures."""
    datasets = [dataset for publication in official().publications for dataset in publication.datasets]
    return frozenset(name for one in datasets for column in one.units for name in one.spellings(column))


def _words(file) -> list[str]:
    """The texts of a workbook's cells, which hold its headers. No formula, no entity and no network is followed."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open("xl/sharedStrings.xml") as stream:
            content = stream.read(MAX_WORDS + 1)
        if len(content) > MAX_WORDS:
            return []
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, etree.XMLSyntaxError):
        return []
    return [text.strip() for text in root.xpath("//*[local-name()='t']/text()")]


def _parquet(file):
    from pyarrow import parquet  # which few loads have a use for

    if not file.seekable():
        raise Refusal("it is a Parquet file in a zip archive; take it out of there")
    try:
        return parquet.ParquetFile(file)
    except pa.ArrowException:
        raise Refusal("it is a Parquet file that cannot be read; is it damaged?") from None


@cache
def symbols() -> frozenset[str]:
    """The symbols that stand in place of figures, from the seed official_symbols."""
    with (PROJECT / "seeds/official/official_symbols.csv").open(newline="", encoding="utf-8") as file:
        return frozenset(row["symbol"] for row in csv.DictReader(file))


@dataclass
class Landed:
    """What became of a file with figures."""

    table: Table
    release: str
    sha256: str
    size: int
    status: str  # landed, unchanged
    figures: int
    findings: list[str]


class Official:
    """Lands published files, one release of one table at a time: whole or not at all, a newer file for an older one."""

    def __init__(self, connection):
        """Land into the vault that `connection` has attached."""
        self._connection = connection
        self._next = pa.schema([(name, pa.string()) for name in TABLES["figures"]]).empty_table()
        self._seen: dict[tuple[str, ...], str] = {}
        self._is_registered = False

    def __arrow_c_stream__(self, requested_schema=None):
        """The figures that are inserted next, as DuckDB asks for them."""
        return self._next.__arrow_c_stream__(requested_schema)

    def land(self, part: Part, tables: list[Table]) -> Landed:
        """Land a file that `recognise` told. Raises Refusal where it cannot be, and then nothing has changed."""
        source = _Source(part)
        table = _which(source, tables)
        period = table.columns[table.dataset.period] if table.dataset.period else None
        release = max(source.values(period), default=None) if period else table.dataset.period_is
        if not release:
            raise Refusal("it holds no figures")
        if table.dataset.release_is_year_after_period:
            if not release.isdecimal():
                raise Refusal(f"its last period is {release[:20]}, expected a year")
            release = str(int(release) + 1)
        key = (table.publication.name, table.dataset.name, release)
        if key in self._seen:
            raise Refusal(f"{self._seen[key]} is the same table of the same release ({' '.join(key)}); keep one")
        self._seen[key] = part.name
        landed = Landed(table, release, source.sha256, source.size, "landed", 0, [])
        if self._stands(key, landed):
            landed.status = "unchanged"
            return landed
        self._connection.begin()
        try:
            self._replace(key, part, source, landed)
            self._connection.commit()
        except duckdb.Error as error:
            self._roll_back()
            raise Refusal(f"the vault did not take it ({type(error).__name__}); nothing of it landed") from error
        except BaseException:
            self._roll_back()
            raise
        return landed

    def _roll_back(self) -> None:
        with suppress(duckdb.Error):  # DuckDB may have done so already
            self._connection.rollback()

    def _stands(self, key: tuple[str, ...], landed: Landed) -> bool:
        return bool(
            self._connection.execute(
                """
                select 1 from vault.official.files
                where publication = ? and dataset = ? and release = ? and sha256 = ? and spec_version = ?
                """,
                [*key, landed.sha256, official().fingerprint],
            ).fetchone()
        )

    def _replace(self, key: tuple[str, ...], part: Part, source: "_Source", landed: Landed) -> None:
        for name in TABLES:
            self._connection.execute(
                f"delete from vault.official.{name} where publication = ? and dataset = ? and release = ?", list(key)
            )
        strange: Counter[str] = Counter()
        row = 0
        for batch in source.batches():
            for figures in _long(landed.table, batch, row, strange):
                self._insert([*key, part.name], figures)
                landed.figures += len(figures)
            row += len(batch)
        table = landed.table
        if not landed.figures:
            raise Refusal("it holds no figures")
        if table.strangers:
            landed.findings.append(f"Columns not in the description, left out: {', '.join(table.strangers)}.")
        if strange:
            shown = ", ".join(f"{value[:20]} ({count} times)" for value, count in strange.most_common(5))
            landed.findings.append(f"Neither a number nor a symbol that is known: {shown}.")
        publication, dataset = table.publication, table.dataset
        self._connection.execute(
            "insert into vault.official.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *key,
                f"{publication.publisher}, {publication.title}, {landed.release}, {dataset.title}",
                publication.licence,
                dataset.period_ends or publication.period_ends,
                publication.areas_rounded_to,
                part.name,
                landed.sha256,
                landed.figures,
                official().fingerprint,
                datetime.now(UTC),
            ],
        )

    def _insert(self, identity: list[str], figures: pa.Table) -> None:
        if not self._is_registered:
            self._connection.register("next_official", self)
            self._is_registered = True
        self._next = figures
        columns = ", ".join(figures.column_names)
        self._connection.execute(
            f"""
            insert into vault.official.figures (publication, dataset, release, source_file, {columns})
            select ?, ?, ?, ?, {columns} from next_official
            """,
            identity,
        )


def _which(source: "_Source", tables: list[Table]) -> Table:
    """The one of several tables with the same columns whose telling values stand in the file."""
    left = [
        table
        for table in tables
        if all(source.values(table.columns[column]) & set(values) for column, values in table.dataset.where.items())
    ]
    if len(left) != 1:
        fits = " and ".join(f"{table.publication.name} {table.dataset.name}" for table in tables)
        raise Refusal(f"its columns are those of {fits}, and its values {'fit both' if left else 'do not say which'}")
    return left[0]


def _long(table: Table, batch: pa.Table, before: int, strange: Counter[str]) -> Iterator[pa.Table]:
    """A batch of a file, a row per figure: one table for each indicator."""
    count, dataset = len(batch), table.dataset
    period = batch.column(table.columns[dataset.period]) if dataset.period else _same(dataset.period_is, count)
    told = [
        pc.binary_join_element_wise(f"{name}: ", pc.fill_null(batch.column(table.columns[name]), ""), "")
        for name in dataset.filters
    ]
    filters = pc.binary_join_element_wise(*told, " | ") if told else _same("all", count)
    shared = {
        "source_row": pa.arange(before + 1, before + count + 1),
        "area": _area(table, batch),
        "time_period": period,
        "filters": filters,
    }
    for indicator, unit in dataset.units.items():
        if indicator not in table.columns:
            continue
        values = batch.column(table.columns[indicator])
        if unit not in IN_WORDS:
            texts = pc.drop_null(values)
            odd = pc.invert(pc.match_substring_regex(pc.utf8_trim_whitespace(texts), NUMBER))
            strange.update(value for value in texts.filter(odd).to_pylist() if value.strip() not in symbols())
        yield pa.table(
            shared | {"indicator": _same(indicator, count), "unit": _same(unit, count), "value_as_published": values}
        )


def _area(table: Table, batch: pa.Table) -> pa.ChunkedArray | pa.Array:
    """What a file calls the area of each row."""
    area = pa.nulls(len(batch), pa.string())
    for level, columns in table.areas.items():
        named = pc.coalesce(*(batch.column(name) for name in columns), area)
        at_level = level is None or pc.fill_null(pc.equal(batch.column(table.columns[LEVEL]), level), False)
        area = pc.if_else(at_level, named, area)
    return area


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


class _Source:
    """A file with figures, as batches of text."""

    def __init__(self, part: Part):
        """Read `part`. Raises Refusal where its encoding cannot be told."""
        self._part = part
        with part.open() as file:
            self._is_parquet = file.read(4) == b"PAR1"
        if self._is_parquet:
            digest, self.size = hashlib.sha256(), 0
            with part.open() as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
                    self.size += len(chunk)
            self.sha256, self._encoding = digest.hexdigest(), None
        else:
            seen = look(part)
            self.sha256, self.size, self._encoding = seen.sha256, seen.size, seen.encoding
        self._values: dict[str, set[str]] = {}

    def values(self, column: str) -> set[str]:
        """The values that stand in a column, blanks left out."""
        if column not in self._values:
            found: set[str] = set()
            for batch in self.batches([column]):
                found.update(pc.unique(batch.column(column)).to_pylist())
            self._values[column] = found - {None}
        return self._values[column]

    def batches(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """The file's rows, all columns or those named, as text. Raises Refusal where a line cannot be read."""
        with self._part.open() as file:
            yield from self._parquet_batches(file, columns) if self._is_parquet else self._csv_batches(file, columns)

    def _parquet_batches(self, file, columns: list[str] | None) -> Iterator[pa.Table]:
        try:
            for batch in _parquet(file).iter_batches(columns=columns):
                rows = pa.Table.from_batches([batch])
                yield pa.table({name: _text(rows.column(name)) for name in rows.column_names})
        except pa.ArrowException:
            raise Refusal("it is a Parquet file that cannot be read; is it damaged?") from None

    def _csv_batches(self, file, columns: list[str] | None) -> Iterator[pa.Table]:
        text = io.TextIOWrapper(file, encoding=self._encoding, newline="")
        try:
            names = [name.strip() for name in next(csv.reader([text.readline()]))]
            reader = arrow_csv.open_csv(
                _Bytes(text),
                read_options=arrow_csv.ReadOptions(use_threads=False, block_size=1 << 20, column_names=names),
                parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                    include_columns=columns,
                ),
            )
            for batch in reader:
                yield pa.Table.from_batches([batch])
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):  # a header and nothing below it
                raise Refusal("it cannot be read as CSV; is it damaged?") from None
        except (pa.ArrowException, csv.Error, StopIteration):
            raise Refusal("it cannot be read as CSV; is it damaged?") from None
        except UnicodeDecodeError:
            raise Refusal(f"the file is not text in {self._encoding}") from None


class _Bytes(io.RawIOBase):
    """A reader of text as a stream of UTF-8, which is what Arrow reads."""

    def __init__(self, text: io.TextIOWrapper):
        """Read on from where `text` stands."""
        self._text = text

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Some bytes; none at the end."""
        return self._text.read(size).encode() if size else b""


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of any type as text; whole numbers without a decimal point."""
    if pa.types.is_floating(column.type) and pc.all(pc.equal(pc.floor(column), column)).as_py():
        column = column.cast(pa.int64())
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
