"""Made-up London from beginning to end: lives, what each authority reports of them, the files, and the answer key."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from loaders import spec
from synthetic import (
    calibration,
    care,
    damage,
    files,
    key,
    need,
    people,
    recording,
    send,
    shapes,
    workforce,
)
from synthetic.reports import annex_a, annex_a_send, cin, csww, first_rows, in_records, quarterly, sen2, ssda903

Lives = dict[str, pl.DataFrame]

REPORTS = {
    **{"cin": cin, "ssda903": ssda903, "csww": csww, "sen2": sen2},
    **{"annex_a": annex_a, "annex_a_send": annex_a_send, "quarterly": quarterly},
}
DAYS = {  # of snapshots: month and day of those that are sent in a financial year
    **dict.fromkeys(("annex_a", "annex_a_send"), ((9, 30), (3, 31))),
    "quarterly": ((6, 30), (9, 30), (12, 31), (3, 31)),
}
RECORDS = {  # the table that has a row for each record, and the column that says whose it is; in lists each may have it
    "cin": ("child_identifiers", "LAchildID"),
    "ssda903": ("header", "CHILD"),
    "csww": ("workers", "SWENo"),
    "sen2": ("persons", "UPN"),
}
SUBMISSION = {"return_name": pl.String, "la_code": pl.String, "return_year": pl.Int64, "period_end": pl.Date}
RECORD = SUBMISSION | {
    **{"table": pl.String, "source_row": pl.Int64, "written_id": pl.String, "child_id": pl.Int64},
    **{"person_id": pl.Int64, "worker_id": pl.Int64},
}
HALF_MADE = ".synthesising"
LIVES = "lives"  # within it


class SynthesisError(Exception):
    """What was asked for cannot be made; the message says what is wrong and what would do."""


@dataclass(frozen=True)
class Made:
    """What was made: where, and how much."""

    inbox: Path
    answer_key: Path
    files: int
    faults: int


def synthesise(
    out: Path,
    *,
    scale: float = 1.0,
    years: range = range(2021, 2027),
    seed: int = 1,
    las: Sequence[str] | None = None,
    returns: Sequence[str] | None = None,
    error_rate: float = 1.0,
    said: Callable[[str], None] = lambda _: None,
) -> Made:
    """Writes `inbox/<authority>/<return>/<year or day>/<files>` and `answer_key/*.parquet` below `out`.

    `scale` 1 is as many children as London has; `las` are ONS codes or names, by default all of London; `returns` are
    names of the specification. `error_rate` multiplies the rates of `fault_rates.yml`: 0 gives clean returns. The same
    arguments give the same bytes. Both folders take the place of what an earlier call made, once all is written; an
    inbox that holds anything else is left as it is. Raises SynthesisError.
    """
    areas = _areas(las)
    wanted = _returns(returns)
    _refuse_to_replace(out)
    said("lives")
    lives = live(areas["la_code"].to_list(), years, seed, scale)
    with _aside(out) as folder:
        said("returns")
        rates = recording.rates(error_rate)
        longest_first = sorted(wanted, key=lambda return_name: -len(_said(return_name, years)))
        work = [(folder, areas, rates, seed, return_name, years) for return_name in longest_first]
        told = _side_by_side(folder, lives, work)
        said("answer key")
        faults = _answer_key(folder / "answer_key", lives, told, years, scale)
    return Made(out / "inbox", out / "answer_key", sum(one.files for one in told), faults)


def live(las: Sequence[str], years: range, seed: int, scale: float) -> Lives:
    """Every life, of children and of workers: the frames by name. `years` are those that the returns end in."""
    in_care = care.live(las, years, seed, scale)
    lives = in_care | need.live(in_care, las, years, seed, scale)
    lives |= send.live(lives["children"], las, years, seed, scale, in_care=in_care["periods"]["child_id"])
    lives = people.with_identities(lives, seed)
    return lives | workforce.live(las, years, seed, scale)


def _areas(las: Sequence[str] | None) -> pl.DataFrame:
    every = people.authorities()
    if las is None:
        return every
    by_name = pl.col("la_name").str.to_lowercase().is_in([one.lower() for one in las])
    found = every.filter(pl.col("la_code").is_in(las) | pl.col("dfe_la_code").is_in(las) | by_name)
    named = {value.lower() for value in [*found["la_code"], *found["dfe_la_code"], *found["la_name"]]}
    if unknown := [one for one in las if one.lower() not in named]:
        raise SynthesisError(f"No authority of London is called {unknown[0]}: give a name, ONS code or DfE code.")
    return found


def _returns(returns: Sequence[str] | None) -> list[str]:
    if unknown := [one for one in returns or [] if one not in REPORTS]:
        raise SynthesisError(f"No made-up {unknown[0]}: the returns that can be made are {', '.join(REPORTS)}.")
    return list(returns or REPORTS)


def _said(return_name: str, years: range) -> list[int | date]:
    """The years of those asked for that a return is specified for; of snapshots their days."""
    first, last = spec.returns()[return_name].meta.years
    known = list(range(max(first, years[0]), min(last, years[-1]) + 1))
    if return_name not in DAYS:
        return known
    return [date(year - (month > 3), month, day) for year in known for month, day in DAYS[return_name]]


def _refuse_to_replace(out: Path) -> None:
    inbox = out / "inbox"
    if inbox.is_dir() and any(inbox.iterdir()) and not (out / "answer_key").is_dir():
        raise SynthesisError(
            f"{inbox} holds files that were not made up (there is no answer_key beside it): give another --out."
        )


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder to write to, which takes the place of what was there when all went well and leaves nothing if not."""
    folder = out / HALF_MADE
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "inbox").mkdir(parents=True)
    try:
        yield folder
        for name in ("answer_key", "inbox"):
            shutil.rmtree(out / name, ignore_errors=True)
        for name in ("answer_key", "inbox"):
            (folder / name).rename(out / name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Told:
    """What came of the reports of a return: how many files, and what the answer key needs."""

    files: int = 0
    faults: list[pl.DataFrame] = field(default_factory=list)
    records: list[pl.DataFrame] = field(default_factory=list)
    known: list[dict] = field(default_factory=list)  # returns with somebody to tell of
    sent: list[dict] = field(default_factory=list)  # those of them that were sent
    reported: list[pl.DataFrame] = field(default_factory=list)


def _side_by_side(folder: Path, lives: Lives, work: list[tuple]) -> list[_Told]:
    """Each return in a process of its own, as many at once as there are processors; in the order of `work`.

    The lives lie in files meanwhile, which the processes share. A fork would not do: Polars has threads.
    """
    (folder / LIVES).mkdir()
    for name, rows in lives.items():
        rows.write_ipc(folder / LIVES / name)
    with ProcessPoolExecutor(min(len(work), os.cpu_count() or 1), get_context("spawn")) as processes:
        return list(processes.map(_report, *zip(*work, strict=True)))


def _report(
    folder: Path, areas: pl.DataFrame, rates: dict[str, float], seed: int, return_name: str, years: range
) -> _Told:
    """Writes all that is sent of a return."""
    lives = {path.name: pl.read_ipc(path) for path in (folder / LIVES).iterdir()}
    reporter = _Reporter(lives, areas, folder / "inbox", rates, seed)
    said = _said(return_name, years)
    certain = reporter.certain(return_name, said)
    for one in said:
        reporter.submit(return_name, one, certain)
    return reporter.told


class _Reporter:
    """Writes the submissions of a return and period, one authority after another, and keeps what the key needs."""

    def __init__(self, lives: Lives, areas: pl.DataFrame, inbox: Path, rates: dict[str, float], seed: int):
        self.lives, self.areas, self.inbox, self.rates, self.seed = lives, areas, inbox, rates, seed
        self.told = _Told()

    def certain(self, return_name: str, said: Sequence[int | date]) -> dict[tuple[str, int | date], set[str]]:
        """The faults of files that befall a return of an authority and period in any case."""
        places = [(la_code, one) for la_code in self.areas["la_code"] for one in said]
        return damage.sure(return_name, places, self.rates, self.seed)

    def submit(self, return_name: str, said: int | date, certain: dict[tuple[str, int | date], set[str]]) -> None:
        """Writes what each authority sends for a return and a year or day; `certain` is of all of them."""
        source = spec.returns()[return_name]
        recorded, differences = recording.recorded(self.lives, return_name, said, self.rates, self.seed)
        tables = REPORTS[return_name].rows(recorded, None, said)
        submissions = damage.submissions(
            return_name,
            said,
            tables if return_name in RECORDS else in_records(tables, source),
            self.rates,
            self.seed,
            usual=self._usual(return_name),
            certain={la_code: certain[la_code, said] for la_code in self.areas["la_code"]},
            recorded=differences,
        )
        period = source.period(said)
        about = {"return_name": return_name, "return_year": period.year, "period_end": period.end}
        self.told.known += [about | {"la_code": la_code} for la_code in submissions]
        self.told.faults += [sent.faults for sent in submissions.values()]
        writes = [(la_code, *write) for la_code, sent in submissions.items() for write in sent.writes]
        self.told.files += len(files.write_all(self._folders(return_name, said), return_name, said, writes))
        taken = {la_code: sent for la_code, sent in submissions.items() if sent.tables is not None}
        if not taken:
            return
        self.told.sent += [about | {"la_code": la_code} for la_code in taken]
        self.told.records += _records(taken, about)
        if any(self.rates.values()):
            so_far = pl.DataFrame(self.told.sent).filter(return_name=return_name)
            self.told.reported.append(key.measures(recorded, so_far, period_end=period.end))

    def _folders(self, return_name: str, said: int | date) -> dict[str, Path]:
        """Where each authority's files go."""
        names = self.areas.select("la_code", "la_name").iter_rows()
        return {la_code: self.inbox / people.slug(name) / return_name / str(said) for la_code, name in names}

    def _usual(self, return_name: str) -> dict[str, shapes.Shape]:
        """How each authority fills in a workbook."""
        if not files.is_workbook(return_name):
            return {}
        likes = shapes.OF_WORKBOOKS
        return {la_code: likes[place % len(likes)] for place, la_code in enumerate(self.areas["la_code"])}


def _records(taken: dict[str, damage.Sent], about: dict) -> list[pl.DataFrame]:
    """Which record of a submission is about whom; `source_row` as the loader counts, `written_id` as it was sent."""
    source = spec.returns()[about["return_name"]]
    table, id_column = RECORDS.get(source.name, (None, source.meta.person_id))
    names = [table] if table else [one.name for one in source.tables]
    parts = {name: [sent.tables[name] for sent in taken.values() if name in sent.tables] for name in names}
    above = {la_code: files.rows_above(source.name, sent.shape) for la_code, sent in taken.items()}
    row = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code") + pl.col("la_code").replace_strict(above)
    rows = {name: pl.concat(of) for name, of in parts.items() if of}
    rows = {name: of.sort("la_code", "record", "row").with_columns(source_row=row) for name, of in rows.items()}
    return [
        found.select(
            *(pl.lit(about[name], kind).alias(name) if name in about else name for name, kind in SUBMISSION.items()),
            table=pl.lit(name),
            source_row="source_row",
            written_id=id_column,
            **{name: _truth(found, f"_{name}") for name in ("child_id", "person_id", "worker_id")},
        )
        for name, found in (rows if table else first_rows(rows)).items()
    ]


def _truth(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column of the truth; null where the return is not of such people."""
    return pl.col(name) if name in rows.columns else pl.lit(None, pl.Int64)


def _answer_key(folder: Path, lives: Lives, told: list[_Told], years: range, scale: float) -> int:
    """Writes the key's tables and the calibration report; gives how many faults there are."""
    folder.mkdir()
    known = pl.DataFrame([known for one in told for known in one.known], schema=SUBMISSION)
    true = key.measures(lives, known)
    reported = [rows for one in told for rows in one.reported]
    reported = pl.concat(reported) if reported else true
    basis = [true.with_columns(basis=pl.lit("true")), reported.with_columns(basis=pl.lit("reported"))]
    faults = pl.concat([pl.DataFrame(schema=damage.FAULTS), *(rows for one in told for rows in one.faults)])
    tables = {
        "persons": key.persons(lives),
        "records": pl.concat([pl.DataFrame(schema=RECORD), *(rows for one in told for rows in one.records)]),
        "spells": key.spells(lives),
        "measures": pl.concat(basis).sort(
            "measure_id", "la_code", "period_end", "breakdown", "breakdown_value", "basis"
        ),
        "faults": faults,
    }
    for name, rows in tables.items():
        rows.write_parquet(folder / f"{name}.parquet", compression="zstd")
    calibration.report(folder, true, years, scale)
    return faults.height
