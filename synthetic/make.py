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
    workbooks,
    workforce,
)
from synthetic.reports import annex_a, cin, csww, sen2, ssda903, year_of

Lives = dict[str, pl.DataFrame]

REPORTS = {"cin": cin, "ssda903": ssda903, "csww": csww, "sen2": sen2, "annex_a": annex_a}
RECORDS = {  # the table that has a row for each record, and the column that says whose it is
    "cin": ("child_identifiers", "LAchildID"),
    "ssda903": ("header", "CHILD"),
    "csww": ("workers", "SWENo"),
    "sen2": ("persons", "UPN"),
}
SUBMISSION = {"return_name": pl.String, "la_code": pl.String, "return_year": pl.Int64}
RECORD = SUBMISSION | {
    **{"source_row": pl.Int64, "written_id": pl.String, "child_id": pl.Int64},
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
    """Writes `inbox/<authority>/<return>/<year>/<files>` and `answer_key/*.parquet` below `out`.

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
        work = [(folder, areas, rates, seed, return_name, years) for return_name in wanted]
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


def _years(return_name: str, years: range) -> range:
    """Those of the years that a return is specified for."""
    first, last = spec.returns()[return_name].meta.years
    return range(max(first, years[0]), min(last, years[-1]) + 1)


def _snapshots(years: range) -> list[date]:
    """The days of the snapshots of some years: each 30 September and 31 March."""
    return [day for year in years for day in (date(year - 1, 9, 30), date(year, 3, 31))]


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
    if spec.returns()[return_name].meta.period == "snapshot":
        for day in _snapshots(years):
            reporter.show(return_name, day)
    else:
        specified = _years(return_name, years)
        certain = reporter.certain(return_name, specified)
        for year in specified:
            reporter.submit(return_name, year, certain)
    return reporter.told


class _Reporter:
    """Writes the submissions of a return and year, one authority after another, and keeps what the key needs."""

    def __init__(self, lives: Lives, areas: pl.DataFrame, inbox: Path, rates: dict[str, float], seed: int):
        self.lives, self.areas, self.inbox, self.rates, self.seed = lives, areas, inbox, rates, seed
        self.told = _Told()

    def certain(self, return_name: str, years: range) -> dict[tuple[str, int], set[str]]:
        """The faults of files that befall a return of an authority and year in any case."""
        places = [(la_code, year) for la_code in self.areas["la_code"] for year in years]
        return damage.sure(return_name, places, self.rates, self.seed)

    def submit(self, return_name: str, year: int, certain: dict[tuple[str, int], set[str]]) -> None:
        """Writes what each authority sends for a return and year; `certain` is of all years."""
        recorded, differences = recording.recorded(self.lives, return_name, year, self.rates, self.seed)
        tables = REPORTS[return_name].rows(recorded, None, year)
        submissions = damage.submissions(
            return_name,
            year,
            tables,
            self.rates,
            self.seed,
            certain={la_code: certain[la_code, year] for la_code in self.areas["la_code"]},
            recorded=differences,
        )
        table, id_column = RECORDS[return_name]
        names = dict(self.areas.select("la_code", "la_name").iter_rows())
        before = len(self.told.sent)
        for la_code, sent in submissions.items():
            self.told.known.append({"return_name": return_name, "la_code": la_code, "return_year": year})
            self.told.faults.append(sent.faults)
            for written, shape in sent.writes:
                folder = self.inbox / people.slug(names[la_code]) / return_name / str(year)
                self.told.files += len(files.write(folder, return_name, year, written, shape))
            if sent.tables is not None:
                self.told.sent.append(self.told.known[-1])
                self.told.records.append(_records(sent.tables[table], id_column, self.told.sent[-1]))
        if any(self.rates.values()) and len(self.told.sent) > before:
            so_far = pl.DataFrame(self.told.sent).filter(return_name=return_name)
            self.told.reported.append(key.measures(recorded, so_far, year=year))

    def show(self, return_name: str, day: date) -> None:
        """Writes each authority's workbook of a day, filled in as that authority likes to; nothing in it is wrong."""
        tables = REPORTS[return_name].rows(self.lives, None, day)
        title = spec.returns()[return_name].meta.title
        names = dict(self.areas.select("la_code", "la_name").iter_rows())
        for place, shape in enumerate(shapes.OF_WORKBOOKS):
            of_shape = list(names)[place :: len(shapes.OF_WORKBOOKS)]
            titles = {la_code: f"{names[la_code]}: {title}, {day:%d/%m/%Y}" for la_code in of_shape}
            for la_code, book in workbooks.to_workbooks(return_name, year_of(day), tables, titles, shape):
                folder = self.inbox / people.slug(names[la_code]) / return_name / day.isoformat()
                folder.mkdir(parents=True)
                (folder / shape.named(f"{return_name}_{day}.xlsx")).write_bytes(book)
                self.told.files += 1


def _records(rows: pl.DataFrame, id_column: str, sent: dict) -> pl.DataFrame:
    """Which record of a submission is about whom; `source_row` as the loader counts, `written_id` as it was sent."""
    return rows.sort("record", "row").select(
        *(pl.lit(value, SUBMISSION[name]).alias(name) for name, value in sent.items()),
        source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        written_id=id_column,
        **{name: _truth(rows, f"_{name}") for name in ("child_id", "person_id", "worker_id")},
    )


def _truth(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column of the truth; null where the return is not of such people."""
    return pl.col(name) if name in rows.columns else pl.lit(None, pl.Int64)


def _answer_key(folder: Path, lives: Lives, told: list[_Told], years: range, scale: float) -> int:
    """Writes the key's tables and the calibration report; gives how many faults there are."""
    folder.mkdir()
    true = key.measures(lives, pl.DataFrame([known for one in told for known in one.known], schema=SUBMISSION))
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
