"""What goes wrong between the authorities' systems and the inbox: damaged values, records and files, each listed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import PurePath

import numpy as np
import polars as pl

from loaders import spec
from synthetic import draw, files, spoil
from synthetic.damaged_rows import FAULTS, DamagedRows, Tables
from synthetic.files import SHAPES, SHAPES_OF_WORKBOOKS, Shape

ALWAYS_MISSING = {("cin", "E09000012", 2021), ("cin", "E09000012", 2022)}  # Hackney, after an attack on its systems
ONE_FILE = ("lower_case_header", "reordered_columns", "aliased_column")
OF_XML = ("byte_order_mark", "utf_16", "cp1252", "file_renamed")  # the shapes an XML file can have
SECOND_FILES = {"sent_again": "_draft", "file_twice": "_copy"}  # and how their names end
NOT_IN_OLDER = 0.03  # of the records, the share that an older file does not have


@dataclass
class Sent:
    """What an authority sends for a return and period: files to write, in turn, and what is wrong with them.

    `writes` are text frames and the shape of the files they become (`files.write`); none where nothing was sent.
    `tables` are those that the loader takes, as `shape` has them; null where there are none. `faults` has the columns
    of FAULTS.
    """

    tables: Tables | None = None
    shape: Shape = files.PLAIN
    writes: list[tuple[Tables, Shape]] = field(default_factory=list)
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))


def sure(
    return_name: str, submissions: Collection[tuple[str, int | date]], rates: Mapping[str, float], seed: int
) -> dict[tuple[str, int | date], set[str]]:
    """Which faults of files shall befall which submissions (la_code, year or day), so that every run shows each.

    Pass a period's part to `submissions`. As many happen by rate besides.
    """
    there = sorted(one for one in submissions if not _is_missing(return_name, *one, rates, seed))
    found: dict[tuple[str, int | date], set[str]] = {one: set() for one in submissions}
    names = [name for name in [*_shapes(return_name), _second_file(return_name)] if rates[name]]
    turns = draw.generator(seed, "sure", return_name).permutation(len(there))
    for name, place in zip(names, turns, strict=False):
        found[there[place]].add(name)
    return found


def submissions(
    return_name: str,
    said: int | date,
    tables: Tables,
    rates: Mapping[str, float],
    seed: int,
    *,
    usual: Mapping[str, Shape] | None = None,
    certain: Mapping[str, Collection[str]] | None = None,
    recorded: pl.DataFrame | None = None,
) -> dict[str, Sent]:
    """What becomes of the rows that authorities report in a return of a year or a day: what each sends, by la_code.

    `tables` are typed frames by table name with la_code. `rates` are those of `recording.rates`; each fault of values
    happens at least once, unless its rate is 0 or nothing fits. `usual` are the shapes of files that are not odd,
    where they are not plain, `certain` the faults of files that happen in any case (of `sure`, by la_code), `recorded`
    the faults of `recording.recorded`: those that these rows show are listed with where they stand.
    """
    source, usual, certain = spec.returns()[return_name], usual or {}, certain or {}
    told = [rows["la_code"] for table in spoil.in_record(source) if (rows := tables.get(table.name)) is not None]
    las = pl.concat(told).unique().sort().to_list()
    missing = [one for one in las if _is_missing(return_name, one, said, rates, seed)]
    odd = {
        one: _shape(return_name, one, said, tables, rates, seed, certain.get(one, ()))
        for one in las
        if one not in missing
    }
    shapes = {one: shape.over(usual.get(one, files.PLAIN)) for one, (_, shape) in odd.items()}
    odd = {one: name for one, (name, _) in odd.items()}
    there = {name: rows.filter(~pl.col("la_code").is_in(_lacking(shapes, name))) for name, rows in tables.items()}
    rows = DamagedRows(source, said, there, shapes, rates, seed)
    if recorded is not None:
        rows.show(recorded)
    second = _second_file(return_name)
    chances = {one: draw.generator(seed, second, return_name, one, str(said)) for one in odd}
    twice = [one for one, rng in chances.items() if rng.random() < rates[second] or second in certain.get(one, ())]
    clean = rows.by_authority(twice if second == "sent_again" else [])
    if any(rates.values()):
        rows.repeat_records()
        rows.repeat_rows()
        for kind in spoil.KINDS:
            rows.spoil_values(kind)
    listed, written = rows.listed(), rows.by_authority(list(odd))
    sent = {one: Sent(faults=_of_files(source, one, said, "return_missing")) for one in missing}
    for one, name in odd.items():
        shape = shapes[one]
        submission = _Submission(
            source, one, said, shape, Sent(written[one], shape, [(written[one], shape)], listed[one])
        )
        submission.list_odd_files(name)
        if one in twice and not shape.is_cut:
            submission.send_second_file(second, clean.get(one), chances[one])
        sent[one] = submission.sent
    return sent


def _lacking(shapes: Mapping[str, Shape], table: str) -> list[str]:
    return [la_code for la_code, shape in shapes.items() if shape.lacks == table]


def _is_missing(return_name: str, la_code: str, said: int | date, rates: Mapping[str, float], seed: int) -> bool:
    rate = rates.get("return_missing", 0)
    if rate and (return_name, la_code, said) in ALWAYS_MISSING:
        return True
    return draw.generator(seed, "return_missing", return_name, la_code, str(said)).random() < rate


def _of_files(
    source: spec.Return, la_code: str, said: int | date, fault: str, file: str | None = None, table: str | None = None
) -> pl.DataFrame:
    """A fault of a file, or of a submission, as a row of FAULTS."""
    period = source.period(said)
    row = {"fault": fault, "la_code": la_code, "return_name": source.name, "file": file, "table": table}
    row |= {"return_year": period.year, "period_end": period.end, "is_visible": False}
    return pl.DataFrame([row], schema=FAULTS)


def _second_file(return_name: str) -> str:
    """What a second file for the same thing is: an older one of the return, or a copy of one of its files."""
    return "sent_again" if spoil.is_one_file(spec.returns()[return_name]) else "file_twice"


def _shapes(return_name: str) -> dict[str, Shape]:
    if files.is_workbook(return_name):
        return SHAPES_OF_WORKBOOKS
    return {name: shape for name, shape in SHAPES.items() if name in OF_XML or not files.is_xml(return_name)}


def _shape(
    return_name: str,
    la_code: str,
    said: int | date,
    tables: Tables,
    rates: Mapping[str, float],
    seed: int,
    certain: Collection[str],
) -> tuple[str, Shape]:
    """What is odd about the files of a submission: one thing at most, by lot unless certain; "" for nothing."""
    rng = draw.generator(seed, "shape", return_name, la_code, str(said))
    shapes = _shapes(return_name)
    edges = np.cumsum([rates.get(name, 0) for name in shapes])
    drawn = [*(name for name in shapes if name in certain), *np.array(list(shapes))[edges > rng.random()]]
    if not drawn:
        return "", files.PLAIN
    name, shape = str(drawn[0]), shapes[drawn[0]]
    if name in ONE_FILE:
        fits = list(_files_with(name, spec.returns()[return_name], la_code, tables))
        return name, replace(shape, file=fits[int(rng.integers(len(fits)))])
    if name == "sheet_missing":
        fits = [table for table, rows in tables.items() if la_code in rows["la_code"]]
        if len(fits) == 1:  # nothing would be left
            return "", files.PLAIN
        return name, replace(shape, lacks=fits[int(rng.integers(len(fits)))])
    return name, shape


def _files_with(shape_name: str, source: spec.Return, la_code: str, tables: Tables) -> Iterable[str]:
    """The usual names of files that can have a shape: those with rows and, for another name, a column that has one."""
    for table in source.tables:
        others = [column for column in table.columns if column.meta.aliases and column.name not in table.meta.grain]
        is_sent = table.meta.file and table.name in tables and la_code in tables[table.name]["la_code"]
        if is_sent and (others or shape_name != "aliased_column"):
            yield table.meta.file


@dataclass
class _Submission:
    """One authority's files, and what is wrong with them as files."""

    source: spec.Return
    la_code: str
    said: int | date
    shape: Shape
    sent: Sent

    def list_odd_files(self, name: str):
        """Lists each file that the shape makes odd; of what is in one that cannot be read nothing is listed."""
        if name:
            usual = {table.name: table.meta.file for table in self.source.tables}
            odd = [file for table, file in self._file_names().items() if self.shape.file in ("", usual[table])]
            for file in dict.fromkeys(file.partition("!")[0] for file in odd):
                self._list(name, file, self.shape.lacks or None)
        if self.shape.is_cut:
            self.sent.tables, self.sent.faults = None, self.sent.faults.filter(fault=name)

    def send_second_file(self, name: str, clean: Tables | None, rng: np.random.Generator):
        """Sends a second file for the same thing, which the loader passes over: an older one, or a copy."""
        held = self._file_names()
        table, file = list(held.items())[int(rng.integers(len(held)))]
        ending = SECOND_FILES[name]
        if name == "sent_again":
            self.sent.tables["header"] = _numbered(self.sent.tables["header"], rng)
            self.sent.writes.insert(0, (_older(self.source, clean, rng), _ending(self.shape, ending)))
        elif files.is_workbook(self.source.name):
            self.sent.writes.append((self.sent.tables, _ending(self.shape, ending)))
        elif self.shape.is_xml or self.shape.is_zip:
            return
        else:
            own = _ending(self.shape.of(self.source.table(table).meta.file), ending)
            self.sent.writes.append(({table: self.sent.tables[table]}, own))
        path = PurePath(file.partition("!")[0])
        self._list(name, f"{path.stem}{ending}{path.suffix}")

    def _file_names(self) -> dict[str, str]:
        """The file that each table is in."""
        sent = [name for name, rows in self.sent.tables.items() if rows.height]
        return {name: files.file_name(self.source.name, name, self.said, self.shape) for name in sent}

    def _list(self, fault: str, file: str, table: str | None = None):
        found = _of_files(self.source, self.la_code, self.said, fault, file, table)
        self.sent.faults = pl.concat([self.sent.faults, found])


def _ending(shape: Shape, ending: str) -> Shape:
    return replace(shape, name=shape.name.replace("{suffix}", ending + "{suffix}"))


def _older(source: spec.Return, tables: Tables, rng: np.random.Generator) -> Tables:
    """The return as it was some days before: without records that were not in it yet."""
    inside = [table.name for table in spoil.in_record(source) if table.name in tables]
    records = tables[inside[0]]["record"].unique().sort()
    kept = records.gather(np.flatnonzero(rng.random(records.len()) >= NOT_IN_OLDER))
    kept = kept if kept.len() else records
    return {
        name: rows.filter(pl.col("record").is_in(kept.implode())) if name in inside else rows
        for name, rows in tables.items()
    }


def _numbered(header: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The header of the file that was sent again: some days later, with the next serial number where there is one."""
    later = timedelta(days=int(rng.integers(3, 40)))
    written = pl.col("DateTime").str.to_datetime("%Y-%m-%dT%H:%M:%S") + later
    header = header.with_columns(DateTime=written.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    if "SerialNo" not in header.columns:
        return header
    return header.with_columns(SerialNo=(pl.col("SerialNo").cast(pl.Int64) + 1).cast(pl.String).str.zfill(3))
