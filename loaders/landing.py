"""`liia load`: files become rows of the vault, a submission (authority, return, period) at a time: all or none."""

import gc
import hashlib
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders import spec, vault
from loaders.csv_rows import CsvError, CsvReader
from loaders.files import Part, Refusal, look, parts, printable
from loaders.headers import HeaderError
from loaders.home import Home
from loaders.official import Official
from loaders.official import recognise as recognise_official
from loaders.official_spec import NoFigures
from loaders.recognise import Recognised, recognise
from loaders.whose import Whose
from loaders.workbook_rows import WorkbookReader
from loaders.workbooks import WorkbookError
from loaders.xml_rows import XmlError, XmlReader

MEMORY_LIMIT = "128MB"  # of DuckDB; the rest of the process needs about twice as much again
ROWS_IN_INSERT = 100_000
BYTES_IN_INSERT = 16 << 20


@dataclass
class Outcome:
    """What became of one file: a row of the load log."""

    source_file: str
    status: str  # landed, unchanged, rejected, superseded, set aside
    reason: str | None = None
    la_code: str | None = None
    la_name: str | None = None
    return_name: str | None = None
    return_year: int | None = None
    period_end: date | None = None
    submission_id: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    encoding: str | None = None
    spec_version: str | None = None
    table_rows: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


Said = Callable[[str, int], None]  # what is being done, bytes done with since the last call


@contextmanager
def _lean() -> Iterator[None]:
    """Keep out of the way what a load has no use for: the cycle collector (rows hold no cycles), and pandas, which
    pyarrow and DuckDB import where they find it and which takes longer to import than most files take to load."""

    class NoPandas:
        def find_spec(self, name, path=None, target=None):
            if name == "pandas":
                raise ModuleNotFoundError(name)

    finder, collecting = NoPandas(), gc.isenabled()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if collecting:
            gc.enable()


def load(
    home: Home,
    paths: list[Path],
    *,
    la: str | None = None,
    period: str | None = None,
    said: Said = lambda text, done: None,
) -> list[Outcome]:
    """Land every file below `paths`; return what became of each, in order of submissions.

    A submission (authority x return x period) lands in one transaction. One bad file of it keeps the rest of that
    submission out and no other. Raises HomeError where the vault cannot be opened.
    """
    load_id = uuid.uuid4().hex[:12]
    with _lean(), vault.connect(home, vault=True, memory_limit=MEMORY_LIMIT, threads=1) as connection:
        vault.prepare(connection)
        log = _Log(connection, load_id)
        slots = {table.identifier: _Slot(table) for source in spec.returns().values() for table in source.tables}
        for slot in slots.values():
            slot.register(connection)
        outcomes: list[Outcome] = []
        published, figures = Official(connection), []
        groups: dict[tuple, list[Recognised]] = {}
        for part in parts(paths, home.inbox):
            if isinstance(part, tuple):
                outcomes.append(Outcome(part[0], "rejected", str(part[1])))
                continue
            said(f"looking at {part.name}", 0)
            try:
                if told := recognise_official(part):
                    figures.append(_land_official(published, part, told, said))
                    continue
                seen = look(part)
                known = recognise(part, seen, in_inbox=part.in_inbox, la=la, period=period)
                groups.setdefault(known.submission, []).append(known)
            except Refusal as refusal:
                outcomes.append(Outcome(part.name, "rejected", str(refusal), size_bytes=part.size))
            except OSError as error:
                outcomes.append(Outcome(part.name, "rejected", f"it cannot be read ({error.strerror})"))
        log.write(outcomes)
        for key in sorted(groups):
            outcomes += _land(connection, log, slots, groups[key], said)
        log.write(figures)
    return outcomes + figures


def _land_official(published: Official, part: Part, told: list | NoFigures, said: Said) -> Outcome:
    """Land a published file, which is nobody's submission and has a log of its own. Raises Refusal, and OSError."""
    if isinstance(told, NoFigures):
        return Outcome(part.name, "set aside", f"{told.title}: {told.why}", size_bytes=part.size)
    said(f"landing {part.name}", 0)
    landed = published.land(part, told)
    said(f"landing {part.name}", landed.size)
    return Outcome(
        part.name,
        landed.status,
        return_name=f"{landed.table.publication.name} {landed.table.dataset.name} {landed.release}",
        sha256=landed.sha256,
        size_bytes=landed.size,
        table_rows={"figures": landed.figures} if landed.figures else {},
        findings=landed.findings,
    )


def _outcome(one: Recognised, status: str, reason: str | None = None) -> Outcome:
    return Outcome(
        source_file=one.part.name,
        status=status,
        reason=reason,
        la_code=one.authority.la_code,
        la_name=one.authority.name,
        return_name=one.told.source.name,
        return_year=one.period.year,
        period_end=one.period.end,
        sha256=one.look.sha256,
        size_bytes=one.look.size,
        encoding=one.look.encoding,
        spec_version=one.told.source.fingerprint,
        findings=list(one.findings),
    )


def _land(connection, log: "_Log", slots: dict[str, "_Slot"], group: list[Recognised], said: Said) -> list[Outcome]:
    """Land one submission, or say of each of its files why not."""
    outcomes: list[Outcome] = []
    try:
        chosen = _choose(group, outcomes)
        submission = _submission_id(chosen)
        if log.has(chosen):
            log.write(outcomes)
            return outcomes + [_outcome(one, "unchanged") for one in chosen]
        connection.begin()
        if log.stands(chosen[0]):
            _clear(connection, chosen)
        landed = [_land_file(connection, slots, one, submission, said) for one in chosen]
        log.write(outcomes + landed)
        connection.commit()
        return outcomes + landed
    except _Broken as broken:
        _roll_back(connection)
        others = "the other files of this submission were not landed either; mend it and load them together"
        outcomes = [
            _outcome(
                one,
                "rejected",
                broken.reason
                if one is broken.file or broken.file is None
                else f"{broken.file.part.name} is broken ({broken.reason}); {others}",
            )
            for one in group
        ]
    except duckdb.Error as error:
        _roll_back(connection)
        kind = type(error).__name__
        outcomes = [
            _outcome(one, "rejected", f"the vault did not take it ({kind}); nothing of it landed") for one in group
        ]
    log.write(outcomes)
    return outcomes


def _roll_back(connection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:
        return  # DuckDB has already done so


class _Broken(Exception):
    def __init__(self, file: Recognised | None, reason: str):
        self.file, self.reason = file, reason


def _choose(group: list[Recognised], outcomes: list[Outcome]) -> list[Recognised]:
    """The files of a submission that count, where there are several of one kind.

    Of several whole files the one with the highest serial number counts, then the latest written. Two different files
    for one table, or XML beside tables, leave a doubt that only the sender can settle.
    """
    kept: dict[str, Recognised] = {}
    for one in group:
        if one.look.sha256 in kept:
            outcomes.append(_outcome(one, "superseded", f"the same file as {kept[one.look.sha256].part.name}"))
        else:
            kept[one.look.sha256] = one
    files = list(kept.values())
    whole = [one for one in files if one.told.is_xml]
    if whole and len(whole) < len(files):
        raise _Broken(None, "both an XML file and tables were sent for this submission; keep one of the two")
    if len(whole) > 1:
        best = max(
            whole, key=lambda one: (_number(one.told.declared.get("serial")), one.told.declared.get("written", ""))
        )
        for one in whole:
            if one is not best:
                outcomes.append(_outcome(one, "superseded", f"{best.part.name} has a higher SerialNo or is later"))
        return [best]
    by_table: dict[str, Recognised] = {}
    for one in files if not whole else []:
        for table in one.told.carries:
            twin = by_table.setdefault(table, one)
            if twin is not one:
                raise _Broken(None, f"{twin.part.name} and {one.part.name} both have the table {table}; keep one")
    return files


def _number(serial: str | None) -> int:
    return int(serial) if serial and serial.isdecimal() else -1


def _submission_id(files: list[Recognised]) -> str:
    """Twelve hex digits of what was sent, by whom and for when: short enough for DuckDB to hold in place."""
    one = files[0]
    period = one.told.source.period_name(one.period)
    told = [one.told.source.name, one.authority.la_code, period, *sorted(file.look.sha256 for file in files)]
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:12]


def _clear(connection, files: list[Recognised]) -> None:
    """Delete what the files replace, and take the replaced tables out of the log rows that stand for them."""
    one = files[0]
    tables = [table for file in files for table in file.told.tables]
    for table in tables:
        connection.execute(
            f"delete from vault.raw.{table.identifier} where la_code = ? and period_end = ?",
            [one.authority.la_code, one.period.end],
        )
    submission = [one.authority.la_code, one.told.source.name, one.period.end]
    connection.execute(
        """
        update vault.quality.load_log set
            table_rows = map_from_entries(
                list_filter(map_entries(table_rows), lambda entry: not list_contains(?::varchar[], entry.key))
            )
        where is_current and la_code = ? and return_name = ? and period_end = ?
        """,
        [[table.name for table in tables], *submission],
    )
    connection.execute(
        """
        update vault.quality.load_log set is_current = false
        where is_current and la_code = ? and return_name = ? and period_end = ? and cardinality(table_rows) = 0
        """,
        submission,
    )


def _land_file(connection, slots: dict[str, "_Slot"], one: Recognised, submission: str, said: Said) -> Outcome:
    source = one.told.source
    outcome = _outcome(one, "landed")
    outcome.submission_id = submission
    identity = [one.authority.la_code, one.period.year, one.period.end, submission]
    try:
        with one.part.open() as file:
            reader = _reader(one, file)
            if one.told.workbook:  # a sheet with a header and no rows was sent too: there is nobody to list
                outcome.table_rows = dict.fromkeys(one.told.carries, 0)
            said(f"landing {one.part.name}", 0)
            done = 0
            whose = Whose(one)
            for rows_by_table in _gather(reader.batches()):
                for name, rows in rows_by_table.items():
                    if not one.told.is_xml:
                        whose.hear(name, rows)
                    slots[source.table(name).identifier].insert(connection, rows, [*identity, _where(one, name)])
                    outcome.table_rows[name] = outcome.table_rows.get(name, 0) + len(rows)
                at = _position(file)
                said(f"landing {one.part.name}", at - done)
                done = at
    except (XmlError, CsvError, WorkbookError, HeaderError) as error:
        raise _Broken(one, str(error)) from error
    except OSError as error:
        raise _Broken(one, f"it cannot be read to its end ({error.strerror})") from error
    except ValueError as error:
        raise _Broken(one, "it cannot be read to its end; is it damaged?") from error
    if not reader.records:
        record = (source.meta.xml_record or "").rpartition("/")[2]
        raise _Broken(one, f"it has no <{record}>, so no rows" if one.told.is_xml else "it has a header and no rows")
    if why := whose.disagreement():
        raise _Broken(one, why)
    outcome.findings += reader.findings + whose.findings()
    return outcome


def _reader(one: Recognised, file) -> CsvReader | WorkbookReader | XmlReader:
    if one.told.workbook:
        return WorkbookReader(one.told.workbook, file, one.period.year)
    if one.told.table:
        return CsvReader(one.told.table, file, one.look.encoding, one.told.header, one.period.year)
    return XmlReader(one.told.source, file, one.look.xml_encoding)


def _where(one: Recognised, table: str) -> str:
    """What a row's `source_file` is: the file, and the sheet if it is a workbook."""
    if one.told.workbook:
        return f"{one.part.name}!{printable(one.told.workbook.tables[table][0])}"
    return one.part.name


def _gather(batches: Iterator[dict[str, pa.Table]]) -> Iterator[dict[str, pa.Table]]:
    """Join small batches: reading is quickest in small ones, which stay in the cache, and inserting in large ones."""
    waiting: dict[str, list[pa.Table]] = {}
    count = size = 0
    for batch in batches:
        for name, rows in batch.items():
            waiting.setdefault(name, []).append(rows)
            count += len(rows)
            size += rows.nbytes
        if count >= ROWS_IN_INSERT or size >= BYTES_IN_INSERT:
            yield {name: pa.concat_tables(tables) for name, tables in waiting.items()}
            waiting, count, size = {}, 0, 0
    if waiting:
        yield {name: pa.concat_tables(tables) for name, tables in waiting.items()}


def _position(file) -> int:
    try:
        return file.tell()
    except (AttributeError, OSError, ValueError):
        return 0


class _Slot:
    """The rows that are inserted next into a table, under a name that is registered once.

    What is registered within a transaction is kept until its end, so that each batch would stay in memory.
    """

    def __init__(self, table: spec.Table):
        numbers = ("source_line", "source_row", "record_number", "parent_row")
        texts = ("unmapped", *(column.name for column in table.columns))
        fields = [(name, pa.int64()) for name in numbers] + [(name, pa.string()) for name in texts]
        self._empty = self._rows = pa.schema(fields).empty_table()
        self._columns = ", ".join(f'"{name}"' for name in (*numbers, *texts))
        self._table = table.identifier

    def register(self, connection) -> None:
        connection.register(f"next_{self._table}", self)

    def insert(self, connection, rows: pa.Table, identity: list) -> None:
        self._rows = rows
        connection.execute(
            f"""
            insert into vault.raw.{self._table}
                (la_code, return_year, period_end, submission_id, source_file, {self._columns})
            select ?, ?, ?, ?, ?, {self._columns} from next_{self._table}
            """,
            identity,
        )
        self._rows = self._empty

    def __arrow_c_stream__(self, requested_schema=None):
        return self._rows.__arrow_c_stream__(requested_schema)


class _Log:
    """The load log, read once at the start of a load and written as it goes."""

    def __init__(self, connection, load_id: str):
        self._connection = connection
        self._load_id = load_id
        self._current: dict[tuple, set[tuple]] = {}
        self._last: dict[tuple, tuple] = {}
        for is_current, la, name, end, file, sha256, version, status, reason in connection.execute(
            """
            select is_current, la_code, return_name, period_end, source_file, sha256, spec_version, status, reason
            from vault.quality.load_log order by loaded_at
            """
        ).fetchall():
            if is_current:
                self._current.setdefault((la, name, end), set()).add((file, sha256, version))
            self._last[file, sha256] = status, reason

    def stands(self, one: Recognised) -> bool:
        """Whether anything of the file's submission stands in the vault."""
        return (one.authority.la_code, one.told.source.name, one.period.end) in self._current

    def has(self, files: list[Recognised]) -> bool:
        """Whether the vault holds just these files, read by the specification as it is now."""
        one = files[0]
        standing = self._current.get((one.authority.la_code, one.told.source.name, one.period.end), set())
        return {(file.part.name, file.look.sha256, file.told.source.fingerprint) for file in files} <= standing

    def write(self, outcomes: list[Outcome]) -> None:
        """Add outcomes; one that says just what the last one said of that file is not said again."""
        now = datetime.now(UTC)
        rows = [
            [
                self._load_id,
                one.submission_id,
                one.la_code,
                one.return_name,
                one.return_year,
                one.period_end,
                one.source_file,
                one.sha256,
                one.size_bytes,
                one.encoding,
                list(one.table_rows),
                list(one.table_rows.values()),
                one.status,
                one.reason,
                one.findings,
                one.status == "landed" and one.la_code is not None,  # published files stand in a log of their own too
                one.spec_version,
                now,
            ]
            for one in outcomes
            if one.status == "landed" or self._last.get((one.source_file, one.sha256)) != (one.status, one.reason)
        ]
        if rows:
            row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, map(?::varchar[], ?::bigint[]), ?, ?, ?::varchar[], ?, ?, ?)"
            self._connection.execute(
                f"insert into vault.quality.load_log ({', '.join(vault.LOAD_LOG)}) "
                f"values {', '.join([row] * len(rows))}",
                [value for values in rows for value in values],
            )
