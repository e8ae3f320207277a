"""The rows of a return and year while they are damaged: records and rows twice, values spoiled, where each fault is.

At most one value of a child's record is spoiled, so that no fault hides or causes another. The rows of all
authorities are damaged at once: faults are few, and most of the time goes by with looking for them.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from loaders import spec
from synthetic import draw, files, spoil, workbooks
from synthetic.files import Shape
from synthetic.reports import first_rows

Tables = dict[str, pl.DataFrame]

FAULTS = {  # of the answer key; `value` is null where it is blank, `source_row` where the fault is not in one row
    **{"fault": pl.String, "la_code": pl.String, "return_name": pl.String, "return_year": pl.Int64},
    **{"period_end": pl.Date},
    **{"file": pl.String, "table": pl.String, "source_row": pl.Int64, "column": pl.String},
    **{"true_value": pl.String, "value": pl.String, "child_id": pl.Int64, "life": pl.Int64},
    **{"is_visible": pl.Boolean},
}
KEYS = ("record", "row", "parent")
DAY_IN_A_CELL = "%Y-%m-%d"  # as the loader reads it


class DamagedRows:
    """The text of the tables of some authorities, and the list of what is wrong with it.

    Inside, `record`, `row` and `parent` are unique among the authorities: each has a range of its own, the second half
    of which is for what stands there twice.
    """

    def __init__(
        self,
        source: spec.Return,
        said: int | date,
        tables: Tables,
        shapes: Mapping[str, Shape],
        rates: Mapping[str, float],
        seed: int,
    ):
        """Take typed frames by table name; `shapes` are those of the files of each authority that sends some."""
        self.source, self.said, self.shapes, self.rates, self.seed = source, said, shapes, rates, seed
        self.year = source.period(said).year
        self.dates = source.meta.date_format
        self.faults: list[pl.DataFrame] = []
        self._with_value: dict[tuple[str, str], np.ndarray] = {}
        self._halves = {name: _past(rows, "row") for name, rows in tables.items()}
        self._half = max((_past(rows, "record") for rows in tables.values()), default=1)
        places = pl.DataFrame({"la_code": sorted(shapes)}, schema={"la_code": pl.String}).with_row_index("la_place")
        self.tables = {name: self._text(name, rows, places) for name, rows in tables.items()}
        # records in which nothing (more) may be wrong: those with a fault, and of files in which all is odd
        self.used = np.zeros(2 * self._half * max(1, len(shapes)), bool)
        for place, la_code in enumerate(sorted(shapes)):
            if shapes[la_code].is_xml or shapes[la_code].is_cut:
                self.used[2 * self._half * place : 2 * self._half * (place + 1)] = True

    def _offsets(self, name: str) -> dict[str, int]:
        """The length of an authority's range of the keys of a table."""
        above = self.source.table(name).meta.parent
        return {"record": 2 * self._half, "row": 2 * self._halves[name], "parent": 2 * self._halves.get(above, 0)}

    def _text(self, name: str, rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
        rows = rows.join(places, on="la_code", maintain_order="left")
        moved = {
            key: pl.col(key).cast(pl.Int64) + pl.col("la_place").cast(pl.Int64) * length
            for key, length in self._offsets(name).items()
        }
        return files.as_text(self.source.name, name, rows.with_columns(**moved)).sort("record", "row")

    def by_authority(self, las: Sequence[str]) -> dict[str, Tables]:
        """The tables of some authorities with the keys they came with, in the order of their files."""
        found: dict[str, Tables] = {la_code: {} for la_code in las}
        for name, rows in self.tables.items():
            back = {key: pl.col(key) - pl.col("la_place").cast(pl.Int64) * n for key, n in self._offsets(name).items()}
            rows = rows.filter(pl.col("la_code").is_in(las)).sort("record", "row").with_columns(**back).drop("la_place")
            parts = rows.partition_by("la_code", as_dict=True, maintain_order=True)
            if files.is_workbook(self.source.name):  # which has a sheet without rows too
                parts = {(one,): parts.get((one,), rows.clear()) for one in las if self.shapes[one].lacks != name}
            for (la_code,), own in parts.items():
                found[la_code][name] = self._as_sent(la_code, name, own)
        return found

    def _as_sent(self, la_code: str, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with dates in the form that the authority's files have."""
        if not (form := self.shapes[la_code].dates):
            return rows
        dates = [c.name for c in self.source.table(name).columns if c.meta.type == "date" and c.name in rows.columns]
        return rows.with_columns(_rewritten(pl.col(column), self.dates, form) for column in dates)

    def height(self, table: str) -> int:
        """How many rows a table has."""
        return self.tables[table].height if table in self.tables else 0

    def rng(self, *names: str) -> np.random.Generator:
        """The stream of random numbers of one fault."""
        return draw.generator(self.seed, "damage", self.source.name, str(self.said), *sorted(self.shapes), *names)

    def wanted(self, name: str, count: int) -> int:
        """How many of so many a fault befalls: the rate's share, its fraction by lot, and at least one."""
        share = count * self.rates.get(name, 0)
        number = int(share + self.rng(name, "fraction").random())
        return min(count, max(1, number)) if share else 0

    def show(self, recorded: pl.DataFrame):
        """Lists those differences of the systems that these rows show: where no table is named, once for a child."""
        ours = recorded.filter(pl.col("return_name") == self.source.name, pl.col("return_year") == self.year)
        first = first_rows(self.tables) if ours["table"].null_count() else {}
        for (fault, table, column), part in ours.group_by("fault", "table", "column", maintain_order=True):
            for name, rows in ({table: self.tables.get(table)} if table else first).items():
                if rows is not None and column in rows.columns:
                    self._show(fault, name, column, rows, part)

    def _show(self, fault: str, table: str, column: str, rows: pl.DataFrame, part: pl.DataFrame):
        about = self.source.table(table).column(column).meta
        value, true_value = pl.col("value"), pl.col("true_value")
        if about.type == "date":
            value, true_value = (c.str.to_date("%Y-%m-%d").dt.strftime(self.dates) for c in (value, true_value))
        elif about.type == "choice":
            words = workbooks.choices(self.source.name, about.code_list)
            value, true_value = (c.replace(words) for c in (value, true_value))
        day = pl.col("day").dt.strftime(self.dates)
        known = part.select("child_id", value=value, true_value=true_value, day=day)
        by = {"_child_id": "child_id"}
        if part["day"].is_not_null().all():
            by[self.source.table(table).meta.grain[-1]] = "day"
        found = rows.join(known, left_on=list(by), right_on=list(by.values()), maintain_order="left")
        shown = pl.col(column).eq_missing(pl.col("value"))
        if fault == "upn_missing":  # listed where a number was due; the return may say why there is none
            reason = pl.col("UPNunknown" if "UPNunknown" in found.columns else column)
            shown = reason.str.starts_with("UN") & ~reason.is_in(["UN1", "UN7"])
            found = found.with_columns(value=pl.col(column))
        self.note(fault, table, column, found.filter(shown), is_visible=False)

    def note(self, fault: str, table: str, column: str, rows: pl.DataFrame, *, is_visible: bool):
        """Adds rows of a table, with `true_value` and `value`, to the faults."""
        if not rows.height:
            return
        ids = {"child_id": "_child_id", "life": "_life"}
        self.faults.append(
            rows.select(
                "la_code",
                "row",
                "true_value",
                "value",
                **{to: pl.col(of) if of in rows.columns else pl.lit(None, pl.Int64) for to, of in ids.items()},
                fault=pl.lit(fault),
                table=pl.lit(table),
                column=pl.lit(column),
                is_visible=pl.lit(is_visible),
            ).cast({"child_id": pl.Int64, "life": pl.Int64})
        )

    def _free(self, records: pl.Series) -> pl.Series:
        return pl.Series(~self.used[records.to_numpy()], dtype=pl.Boolean)

    def repeat_records(self):
        """All of some children's rows a second time, at the end of the file; where a record is in one file."""
        name, inside = "record_twice", [t for t in spoil.in_record(self.source) if self.height(t.name)]
        if not spoil.is_one_file(self.source) or not inside:
            return
        records = self.tables[inside[0].name]["record"].unique().sort()
        chosen = records.gather(self.rng(name).permutation(records.len())[: self.wanted(name, records.len())])
        self.used[np.concatenate([chosen.to_numpy(), chosen.to_numpy() + self._half])] = True
        for table in inside:
            rows = self.tables[table.name]
            first = rows.filter(pl.col("record").is_in(chosen.implode()))
            again = first.with_columns(
                record=pl.col("record") + self._half,
                row=pl.col("row") + self._halves[table.name],
                parent=pl.col("parent") + self._halves.get(table.meta.parent, 0),
            )
            self._note_twice(name, table, pl.concat([first, again]))
            self.tables[table.name] = pl.concat([rows, again])

    def repeat_rows(self):
        """Some rows a second time, each below the other rows of its child; where each table is a file."""
        if spoil.is_one_file(self.source):
            return
        for table in self.source.tables:
            if (table.meta.file or table.meta.sheet) and self.height(table.name):
                rows = self.tables[table.name]
                chosen = rows[self.rng("row_twice", table.name).permutation(rows.height)]
                chosen = chosen.filter(
                    self._free(chosen["record"]), pl.all_horizontal(pl.col(table.meta.grain).is_not_null())
                ).unique("record", keep="first", maintain_order=True)
                chosen = chosen.head(self.wanted("row_twice", rows.height))
                self.used[chosen["record"].to_numpy()] = True
                again = chosen.with_columns(row=pl.col("row") + self._halves[table.name])
                self._note_twice("row_twice", table, pl.concat([chosen, again]))
                self.tables[table.name] = pl.concat([rows, again])

    def _note_twice(self, fault: str, table: spec.Table, rows: pl.DataFrame):
        """Lists rows that stand there twice: where the grain is blank, or not in such a file, no check can tell."""
        column = table.meta.grain[-1]
        is_told = pl.lit(value=False)
        if set(table.meta.grain) <= set(rows.columns):
            is_told = pl.all_horizontal(pl.col(table.meta.grain).is_not_null())
        value = pl.col(column) if column in rows.columns else pl.lit(None, pl.String)
        rows = rows.sort("record", "row").with_columns(true_value=value, value=value)
        self.note(fault, table.name, column, rows.filter(is_told), is_visible=True)
        self.note(fault, table.name, column, rows.filter(~is_told), is_visible=False)

    def with_value(self, table: str, column: str) -> np.ndarray:
        """Places of the rows of a table that have a value in a column before any is spoiled."""
        if (table, column) not in self._with_value:
            there = self.height(table) and column in self.tables[table].columns
            values = self.tables[table][column] if there else pl.Series([], dtype=pl.String)
            self._with_value[table, column] = np.flatnonzero(values.is_not_null().to_numpy())
        return self._with_value[table, column]

    def spoil_values(self, kind: spoil.Kind):
        """Spoils values of one kind, in records in which nothing else is wrong."""
        places = spoil.columns(kind, self.source, self.year)
        held = {place: rows for place in places if (rows := self.with_value(*place)).size}
        ends = np.cumsum([rows.size for rows in held.values()], dtype=np.int64)
        total, rng = int(ends[-1]) if held else 0, self.rng(kind.name)
        wanted = self.wanted(kind.name, total)
        if not wanted:
            return
        tried = rng.choice(total, min(total, 20 * wanted + 1000), replace=False)
        lots, found, first = rng.random(tried.size), None, 0
        while first < tried.size and (found is None or found.height < wanted):  # few are needed: try few at first
            turns = np.arange(first, min(tried.size, 4 * first + 2 * wanted + 2))
            more = self._among(kind, held, ends, tried, turns, lots)
            found = more if found is None else pl.concat([found, more])
            found = found.unique("record", keep="first", maintain_order=True)
            if kind.is_key:
                found = found.unique("value", keep="first", maintain_order=True)
            first = turns[-1] + 1
        found = found.head(wanted)
        self.used[found["record"].to_numpy()] = True
        for (table, column), hit in found.group_by("table", "column", maintain_order=True):
            self._put(kind, table, column, hit.with_columns(pl.col("value").replace("", None)))

    def _put(self, kind: spoil.Kind, table: str, column: str, hit: pl.DataFrame):
        rows = self.tables[table]
        about = [name for name in ("la_code", "row", "_child_id", "_life") if name in rows.columns]
        self.tables[table] = rows.with_columns(rows[column].scatter(hit["at"], hit["value"]))
        hit = pl.concat([hit, rows[hit["at"]].select(about)], how="horizontal")
        self.note(kind.name, table, column, hit, is_visible=kind.is_visible)

    def _among(self, kind: spoil.Kind, held: dict, ends, tried, turns, lots) -> pl.DataFrame:
        """Of values tried in turn, those that the fault can befall: as `_victims`, in turn."""
        part, victims = np.searchsorted(ends, tried[turns], side="right"), []
        places = list(held.items())
        for number in np.unique(part):
            (table, column), rows = places[number]
            mine = turns[part == number]
            at = rows[tried[mine] - (ends[number] - rows.size)]
            victims.append(self._victims(kind, table, column, at, mine, lots[mine]))
        return pl.concat(victims).sort("turn").filter(~pl.col("is_used"))

    def _victims(
        self, kind: spoil.Kind, table: str, column: str, at: np.ndarray, turns: np.ndarray, lots: np.ndarray
    ) -> pl.DataFrame:
        """Rows of a table that a fault can befall: table, column, at, turn, record, is_used, true_value, value."""
        about, rows = self.source.table(table), self.tables[table]
        spoiled = kind.spoiled(spoil.Where(self.source, about, about.column(column), self.year, self.dates))
        needed = set(spoiled.meta.root_names()) | {"record", "row", column}
        some = rows.select(name for name in rows.columns if name in needed)[at].with_columns(lot=pl.Series(lots))
        if spoil.HAS_PARTS in needed:
            some = some.with_columns(self._has_parts(table).alias(spoil.HAS_PARTS))
        absent = [name for name in needed if name not in some.columns]
        found = (
            some.with_columns(pl.lit(None, pl.String).alias(name) for name in sorted(absent))
            .select(
                table=pl.lit(table),
                column=pl.lit(column),
                at=pl.Series(at.astype(np.int64)),
                turn=pl.Series(turns.astype(np.int64)),
                record="record",
                is_used=~self._free(some["record"]),
                true_value=pl.col(column),
                value=spoiled,
            )
            .filter(pl.col("value").is_not_null(), pl.col("value") != pl.col("true_value"))
        )
        if kind.is_key:
            found = found.filter(~pl.col("value").is_in(rows[column].implode()))
        return found

    def _has_parts(self, table: str) -> pl.Expr:
        """Whether rows of other tables hang from a row of this one."""
        parts = [other.name for other in self.source.tables if other.meta.parent == table and self.height(other.name)]
        held = [pl.col("row").is_in(self.tables[name]["parent"].implode()) for name in parts]
        return pl.any_horizontal(pl.lit(value=False), *held)

    def listed(self) -> dict[str, pl.DataFrame]:
        """The faults of values and rows of each authority, with where they stand in its files."""
        found = {la_code: pl.DataFrame(schema=FAULTS) for la_code in self.shapes}
        if not self.faults:
            return found
        faults = pl.concat(self.faults).with_columns(
            return_name=pl.lit(self.source.name),
            return_year=pl.lit(self.year, pl.Int64),
            period_end=pl.lit(self.source.period(self.said).end),
        )
        at = self._places(faults["table"].unique().sort().to_list())
        faults = faults.join(at, on=["table", "row"], how="left", maintain_order="left").select(*FAULTS)
        for (la_code,), own in faults.partition_by("la_code", as_dict=True, maintain_order=True).items():
            found[la_code] = self._faults_as_sent(la_code, own)
        return found

    def _faults_as_sent(self, la_code: str, faults: pl.DataFrame) -> pl.DataFrame:
        form = self.shapes[la_code].dates or (DAY_IN_A_CELL if files.is_workbook(self.source.name) else "")
        if not form:
            return faults
        columns = [(t.name, c.name) for t in self.source.tables for c in t.columns if c.meta.type == "date"]
        is_date = pl.concat_str("table", pl.lit("."), "column").is_in([".".join(names) for names in columns])
        return faults.with_columns(
            pl.when(is_date).then(_rewritten(pl.col(name), self.dates, form)).otherwise(name).alias(name)
            for name in ("true_value", "value")
        )

    def _places(self, tables: Sequence[str]) -> pl.DataFrame:
        """Where each row of some tables stands: table, row, file, source_row."""
        found, alike = [], {}
        for la_code, shape in self.shapes.items():
            if shape.is_xml:
                found.append(self._placed([la_code], tables, shape))
            else:
                alike.setdefault(shape.has_title, []).append(la_code)
        found += [self._placed(las, tables, Shape(has_title=title)) for title, las in alike.items()]
        return pl.concat(found)

    def _placed(self, las: Sequence[str], tables: Sequence[str], shape: Shape) -> pl.DataFrame:
        own = {name: rows.filter(pl.col("la_code").is_in(las)) for name, rows in self.tables.items()}
        placed = files.positions(self.source.name, self.said, own, shape)
        # the files of several authorities are counted as one: each authority's rows stand together there
        before = pl.col("source_row").min().over("la_code") - pl.col("source_row").min()
        found = pl.concat(
            placed[name].select("la_code", "row", source_row=pl.col("source_row") - before, table=pl.lit(name))
            for name in tables
        )
        names = [
            (one, name, files.file_name(self.source.name, name, self.said, self.shapes[one]))
            for one in las
            for name in tables
        ]
        named = pl.DataFrame(names, {"la_code": pl.String, "table": pl.String, "file": pl.String}, orient="row")
        found = found.join(named, on=["la_code", "table"], how="left", maintain_order="left")
        return found.select("table", "row", "file", "source_row")


def _past(rows: pl.DataFrame, key: str) -> int:
    """The first number that no row has as its key yet."""
    return int(rows[key].max() or 0) + 1 if rows.height else 1


def _rewritten(text: pl.Expr, form: str, to: str) -> pl.Expr:
    """A date that is written in one form in another; what is no date stays."""
    return pl.coalesce(text.str.to_date(form, strict=False).dt.strftime(to), text)
