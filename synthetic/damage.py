"""What goes wrong between the authorities' systems and the inbox: damaged values, records and files, each listed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import PurePath

import numpy as np
import polars as pl

from loaders import spec
from synthetic import draw, files, spoil
from synthetic.damaged_rows import FAULTS, DamagedRows, Tables, file_name
from synthetic.files import Shape

ALWAYS_MISSING = {("cin", "E09000012", 2021), ("cin", "E09000012", 2022)}  # Hackney, after an attack on its systems
ONE_FILE = ("lower_case_header", "reordered_columns", "aliased_column")
OF_XML = ("byte_order_mark", "utf_16", "cp1252", "file_renamed")  # the shapes an XML file can have
SECOND_FILES = {"sent_again": "_draft", "file_twice": "_copy"}  # and how their names end
NOT_IN_OLDER = 0.03  # of the records, the share that an older file does not have


@dataclass
class Sent:
    """What an authority sends for a return and year: files to write, in turn, and what is wrong with them.

    `writes` are text frames and the shape of the files they become (`files.write`); none where nothing was sent.
    `tables` are those that the loader takes, null where there are none. `faults` has the columns of FAULTS.
    """

    tables: Tables | None = None
    writes: list[tuple[Tables, Shape]] = field(default_factory=list)
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULTS))


def sure(
    return_name: str, submissions: Collection[tuple[str, int]], rates: Mapping[str, float], seed: int
) -> dict[tuple[str, int], set[str]]:
    """Which faults of files shall befall which submissions (la_code, year), so that every run shows each.

    Pass a year's part to `damage`. As many happen by rate besides.
    """
    there = sorted(one for one in submissions if not _is_missing(return_name, *one, rates, seed))
    found: dict[tuple[str, int], set[str]] = {one: set() for one in submissions}
    names = [name for name in [*_shapes(return_name), _second_file(return_name)] if rates[name]]
    turns = draw.generator(seed, "sure", return_name).permutation(len(there))
    for name, place in zip(names, turns, strict=False):
        found[there[place]].add(name)
    return found


def submissions(
    return_name: str,
    year: int,
    tables: Tables,
    rates: Mapping[str, float],
    seed: int,
    *,
    certain: Mapping[str, Collection[str]] | None = None,
    recorded: pl.DataFrame | None = None,
) -> dict[str, Sent]:
    """What becomes of the rows that authorities report in a return of a year: what each sends, by la_code.

    `tables` are typed frames by table name with la_code. `rates` are those of `recording.rates`; each fault of values
    happens at least once, unless its rate is 0 or nothing fits. `certain` are the faults of files that happen in
    any case (of `sure`, by la_code), `recorded` the faults of `recording.recorded`: those that these rows show are
    listed with where they stand.
    """
    source, certain = spec.returns()[return_name], certain or {}
    told = [rows["la_code"] for table in spoil.in_record(source) if (rows := tables.get(table.name)) is not None]
    las = pl.concat(told).unique().sort().to_list()
    missing = [one for one in las if _is_missing(return_name, one, year, rates, seed)]
    odd = {
        one: _shape(return_name, one, year, tables, rates, seed, certain.get(one, ()))
        for one in las
        if one not in missing
    }
    shapes = {one: shape for one, (_, shape) in odd.items()}
    rows = DamagedRows(source, year, tables, shapes, rates, seed)
    if recorded is not None:
        rows.show(recorded)
    second = _second_file(return_name)
    chances = {one: draw.generator(seed, second, return_name, one, year) for one in odd}
    twice = [one for one, rng in chances.items() if rng.random() < rates[second] or second in certain.get(one, ())]
    clean = rows.by_authority(twice)
    if any(rates.values()):
        rows.repeat_records()
        rows.repeat_rows()
        for kind in spoil.KINDS:
            rows.spoil_values(kind)
    listed, written = rows.listed(), rows.by_authority(list(odd))
    sent = {one: _missing(return_name, one, year) for one in missing}
    for one, (name, shape) in odd.items():
        submission = _Submission(source, one, year, shape, Sent(written[one], [(written[one], shape)], listed[one]))
        submission.list_odd_files(name)
        if one in twice:
            submission.send_second_file(second, clean[one], chances[one])
        sent[one] = submission.sent
    return sent


def _is_missing(return_name: str, la_code: str, year: int, rates: Mapping[str, float], seed: int) -> bool:
    rate = rates.get("return_missing", 0)
    if rate and (return_name, la_code, year) in ALWAYS_MISSING:
        return True
    return draw.generator(seed, "return_missing", return_name, la_code, year).random() < rate


def _missing(return_name: str, la_code: str, year: int) -> Sent:
    row = {"fault": "return_missing", "la_code": la_code, "return_name": return_name, "return_year": year}
    return Sent(faults=pl.DataFrame([row | {"is_visible": False}], schema=FAULTS))


def _second_file(return_name: str) -> str:
    """What a second file for the same thing is: an older one of the return, or a copy of one of its tables."""
    return "sent_again" if spoil.is_one_file(spec.returns()[return_name]) else "file_twice"


def _shapes(return_name: str) -> list[str]:
    return [name for name in files.SHAPES if name in OF_XML or not files.is_xml(return_name)]


def _shape(
    return_name: str,
    la_code: str,
    year: int,
    tables: Tables,
    rates: Mapping[str, float],
    seed: int,
    certain: Collection[str],
) -> tuple[str, Shape]:
    """What is odd about the files of a submission: one thing at most, by lot unless certain; "" for nothing."""
    rng = draw.generator(seed, "shape", return_name, la_code, year)
    names = _shapes(return_name)
    edges = np.cumsum([rates.get(name, 0) for name in names])
    drawn = [*(name for name in names if name in certain), *np.array(names)[edges > rng.random()]]
    if not drawn:
        return "", files.PLAIN
    name, shape = str(drawn[0]), files.SHAPES[drawn[0]]
    if name in ONE_FILE:
        fits = list(_files_with(name, spec.returns()[return_name], la_code, tables))
        return name, replace(shape, file=fits[int(rng.integers(len(fits)))])
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
    year: int
    shape: Shape
    sent: Sent

    def list_odd_files(self, name: str):
        """Lists each file that the shape makes odd."""
        if name:
            usual = {table.name: table.meta.file for table in self.source.tables}
            odd = [file for table, file in self._file_names().items() if self.shape.file in ("", usual[table])]
            for file in dict.fromkeys(file.partition("!")[0] for file in odd):
                self._list(name, file)

    def send_second_file(self, name: str, clean: Tables, rng: np.random.Generator):
        """Sends a second file for the same thing, which the loader passes over: an older one, or a table's copy."""
        held = self._file_names()
        table, file = list(held.items())[int(rng.integers(len(held)))]
        ending = SECOND_FILES[name]
        if name == "file_twice":
            if self.shape.is_xml or self.shape.is_zip:
                return
            own = _ending(self.shape.of(self.source.table(table).meta.file), ending)
            self.sent.writes.append(({table: self.sent.tables[table]}, own))
        else:
            self.sent.tables["header"] = _numbered(self.sent.tables["header"], rng)
            self.sent.writes.insert(0, (_older(self.source, clean, rng), _ending(self.shape, ending)))
        path = PurePath(file)
        self._list(name, f"{path.stem}{ending}{path.suffix}")

    def _file_names(self) -> dict[str, str]:
        """The file that each table is in."""
        sent = [name for name, rows in self.sent.tables.items() if rows.height]
        return {name: file_name(self.source, name, self.year, self.shape) for name in sent}

    def _list(self, fault: str, file: str):
        row = {"fault": fault, "la_code": self.la_code, "return_name": self.source.name, "return_year": self.year}
        found = pl.DataFrame([row | {"file": file, "is_visible": False}], schema=FAULTS)
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
