"""Lots and quotas for families, and spells that follow published stocks and flows."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from synthetic import draw
from synthetic.need_days import first_day, last_day, mostly_on_weekdays, on_working_day

LARGEST_FAMILY = 4
ALONE = 0.55  # chance that the next child of a group begins a new family
OPEN_BANDS = [(0, 83), (91, 174), (182, 357)]  # days since the start; room for a move to an earlier working day
ENDED_BANDS = [(0, 89), (95, 181), (187, 362)]


def families(rows: pl.DataFrame, by: Sequence[str], rng: np.random.Generator) -> pl.Series:
    """A family for each row, one to four rows of the same group: numbers unique within `rows`."""
    lots = rows.select(by).with_columns(
        lot=pl.Series(rng.random(rows.height)), is_new=pl.Series(rng.random(rows.height)) < ALONE
    )
    ordered = lots.with_row_index("row").sort("lot", "row")
    family = pl.col("is_new").cum_sum().over(by)
    ordered = ordered.with_columns(family=family).with_columns(
        part=pl.int_range(pl.len()).over([*by, "family"]) // LARGEST_FAMILY
    )
    numbered = ordered.sort(*by, "family", "part", "row").with_columns(
        number=pl.struct(*by, "family", "part").rle_id().cast(pl.Int64)
    )
    return numbered.sort("row")["number"]


def shared(values: np.ndarray, family: pl.Series) -> pl.Series:
    """Random values of which every row of a family has the family's first."""
    return pl.DataFrame({"value": values, "family": family}).select(pl.col("value").first().over("family"))["value"]


def deal(rows: pl.DataFrame, shares: pl.DataFrame, by: Sequence[str], name: str, lots: pl.Series) -> pl.Series:
    """As `draw.assign`, but rows come in the order of `lots`: those with one lot stay together."""
    sizes = rows.group_by(by, maintain_order=True).len("size")
    parts = draw.share_out(sizes, shares.filter(pl.col("weight") > 0), by)
    spans = parts.filter(pl.col("size") > 0).with_columns(turn=pl.col("size").cum_sum().over(by) - pl.col("size"))
    keyed = rows.select(by).with_row_index("row").with_columns(lot=lots)
    keyed = keyed.with_columns(turn=pl.col("lot").rank("ordinal").over(by).cast(pl.Int64) - 1)
    spans = spans.select(*by, name, turn=pl.col("turn").cast(pl.Int64)).sort("turn")
    found = keyed.sort("turn", "row").join_asof(spans, on="turn", by=list(by), check_sortedness=False)
    return found.sort("row")[name]


def take(rows: pl.DataFrame, sizes: pl.DataFrame, by: Sequence[str], lots: pl.Series | pl.Expr) -> pl.Series:
    """As `draw.choose`, the rows with the lowest lots first."""
    turns = rows.with_columns(lot=lots).with_columns(turn=pl.col("lot").rank("ordinal").over(by))
    found = turns.join(sizes.select(*by, size_taken="size"), on=list(by), how="left", maintain_order="left")
    return found.select(taken=(pl.col("turn") <= pl.col("size_taken")).fill_null(False))["taken"]


def repeated(rows: pl.DataFrame, count: str) -> pl.DataFrame:
    """Each row as many times as its `count` says."""
    return rows[np.repeat(np.arange(rows.height), rows[count].clip(0).fill_null(0).to_numpy())].drop(count)


def long(wanted: pl.DataFrame, columns: dict[str, str | int], name: str) -> pl.DataFrame:
    """Weights of parts that stand in columns, one row each: la_code, return_year, `name`, weight."""
    parts = [
        wanted.select("la_code", "return_year", pl.lit(part).alias(name), weight=pl.col(column).cast(pl.Float64))
        for column, part in columns.items()
    ]
    return pl.concat(parts)


def stock_and_flow(
    wanted: pl.DataFrame, fixed: pl.DataFrame, years: Sequence[int], rng: np.random.Generator
) -> pl.DataFrame:
    """Spells by the years in which they begin and end, so that starts and stocks are as wanted.

    `wanted`: la_code, return_year (from the year before the first), `starts`, and the stock on 31 March by time
    since the start, `open_1` (under a year), `open_2` (one to two), `open_3`. `fixed`: spells that must be among
    them: key, la_code, start_year, until_year (the first year in which they may end, null: none), ends_then.
    Gives la_code, key (null for the others), start_year (of what is older than two years at first: the year that
    is two before) and end_year (null: still open). Where the fixed ones leave no room, they win.
    """
    before = years[0] - 1
    fixed = fixed.select("la_code", "key", pl.col("start_year").clip(before - 2), "until_year", "ends_then")
    there = _filled(wanted, fixed, {f"open_{age + 1}": before - age for age in range(3)}, before)
    ended = []
    for year in years:
        rows = pl.concat([there, _filled(wanted, fixed, {"starts": year}, year)])
        must = (pl.col("key").is_not_null() & pl.col("until_year").is_null()) | (pl.col("until_year") > year)
        rows = rows.with_columns(age=(year - pl.col("start_year")).clip(0, 2), must=must.fill_null(False))
        weight = pl.when("must").then(1e12).when("ends_then").then(1e-12).when(pl.col("key").is_null()).then(1.0)
        weight = weight.otherwise(0.15)
        stays = draw.choose(rows, _stays(rows, wanted.filter(return_year=year)), ["la_code", "age"], rng, weight)
        ended.append(rows.filter(~stays).with_columns(end_year=pl.lit(year, pl.Int32)))
        there = rows.filter(stays).drop("age", "must")
    ended.append(there.with_columns(end_year=pl.lit(None, pl.Int32)))
    return pl.concat([part.select("la_code", "key", "start_year", "end_year") for part in ended])


def _filled(wanted: pl.DataFrame, fixed: pl.DataFrame, starts: dict[str, int], year: int) -> pl.DataFrame:
    """The fixed spells that begin in the years of `starts`, and as many free ones as are wanted beside them."""
    sizes = [
        wanted.filter(return_year=year).select("la_code", start_year=pl.lit(start, pl.Int32), size=pl.col(column))
        for column, start in starts.items()
    ]
    here = fixed.filter(pl.col("start_year").is_in(list(starts.values())))
    taken = here.group_by("la_code", "start_year", maintain_order=True).len("taken")
    free = pl.concat(sizes).join(taken, on=["la_code", "start_year"], how="left", maintain_order="left")
    free = free.with_columns(size=pl.col("size") - pl.col("taken").fill_null(0)).drop("taken")
    return pl.concat([here, repeated(free, "size")], how="diagonal")


def _stays(rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """How many of each authority and age stay open: what is wanted as far as there are any, the sum first of all."""
    counts = rows.group_by("la_code", "age", maintain_order=True).agg(may=pl.len(), must=pl.col("must").sum())
    grid = wanted.select("la_code").join(pl.DataFrame({"age": pl.Series([0, 1, 2], dtype=pl.Int32)}), how="cross")
    grid = grid.join(counts, on=["la_code", "age"], how="left", maintain_order="left").fill_null(0)
    may, must = (grid[name].cast(pl.Int64).to_numpy().reshape(-1, 3) for name in ("may", "must"))
    want = wanted.select("open_1", "open_2", "open_3").to_numpy()
    size = np.clip(want, must, may)
    left = want.sum(axis=1) - size.sum(axis=1)
    for age in range(3):
        step = np.clip(left, must[:, age] - size[:, age], may[:, age] - size[:, age])
        size[:, age] += step
        left -= step
    return grid.select("la_code", "age", size=pl.Series(size.ravel()))


def with_dates(
    spells: pl.DataFrame,
    shares: tuple[pl.DataFrame, pl.DataFrame],
    years: Sequence[int],
    shortest: int,
    sooner: float,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Free spells with `family`, `opened` and `closed` (days) within their years.

    `shares`: weights of the bands 1 to 3 by la_code and return_year, of what is open at the end of the year in which
    it began, and of what ended in that year. Families begin on one day. `shortest`: least days that a spell lasts.
    `sooner`: above 1, what ends in a later year ends rather early in it.
    """
    before = years[0] - 1
    spells = spells.with_columns(
        is_short=(pl.col("end_year") == pl.col("start_year")).fill_null(False), return_year=pl.col("start_year")
    )
    bands = pl.concat([share.with_columns(is_short=pl.lit(place == 1)) for place, share in enumerate(shares)])
    band = deal(spells, bands, ["la_code", "return_year", "is_short"], "band", pl.Series(rng.random(spells.height)))
    spells = spells.with_columns(band=band.fill_null(1))
    spells = spells.with_columns(family=families(spells, ["la_code", "start_year", "is_short", "band"], rng))
    spells = spells.with_columns(
        first=first_day(pl.col("start_year")),
        last=last_day(pl.col("start_year")),
        kin=shared(rng.random(spells.height), spells["family"]),
        age=shared(rng.exponential(650, spells.height).clip(0, 4000), spells["family"]),
        own=pl.Series(rng.random(spells.height)),
    )
    low, high = (
        [np.array([band[side] for band in bands])[spells["band"].to_numpy() - 1] for bands in (OPEN_BANDS, ENDED_BANDS)]
        for side in (0, 1)
    )
    lowest = np.maximum(low[1], shortest)
    first, last, kin, own = (spells[name].to_numpy() for name in ("first", "last", "kin", "own"))
    start = spells["start_year"].to_numpy()
    is_short = spells["is_short"].to_numpy()
    opened = np.where(is_short, first + kin * (last - first - lowest), last - low[0] - kin * (high[0] - low[0] + 0.99))
    opened = np.where(~is_short & (start == before - 1), first + kin * 364, opened)
    opened = np.where(~is_short & (start <= before - 2), last - spells["age"].to_numpy(), opened)
    opened = np.floor(opened)
    not_before = np.where(start <= before - 2, 0, first)
    opened = mostly_on_weekdays(opened, not_before, shared(rng.random(spells.height), spells["family"]).to_numpy())
    ended = opened + lowest + own * (np.minimum(high[1], last - opened) - lowest)
    dates = spells.with_columns(opened=pl.Series(opened).cast(pl.Int32), ended=pl.Series(np.floor(ended)))
    later = closing_day(dates, pl.col("opened") + shortest, sooner, rng)
    closed = pl.when("is_short").then(pl.col("ended").cast(pl.Int32)).otherwise(later)
    dates = dates.with_columns(closed=closed)
    return dates.drop("is_short", "return_year", "band", "first", "last", "kin", "age", "own", "ended")


def closing_day(spells: pl.DataFrame, not_before: pl.Expr, sooner: float, rng: np.random.Generator) -> pl.Series:
    """A working day of `end_year`, not before a day; null for what stays open. With `sooner` above 1 rather early."""
    low = pl.max_horizontal(first_day(pl.col("end_year")), not_before)
    span = spells.select(low=low, last=last_day(pl.col("end_year")), is_open=pl.col("end_year").is_null())
    span = span.with_columns(low=pl.min_horizontal("low", "last")).fill_null(0)
    low, last = (span[name].to_numpy() for name in ("low", "last"))
    day = low + np.floor(rng.random(spells.height) ** sooner * (last - low + 0.99)).astype(np.int64)
    day = mostly_on_weekdays(day.clip(10_000), low, rng.random(spells.height))
    day = np.minimum(on_working_day(day, low), last)
    return pl.DataFrame({"day": day, "is_open": span["is_open"]}).select(
        pl.when(~pl.col("is_open")).then(pl.col("day")).cast(pl.Int32)
    )["day"]


def settled(
    stock: pl.DataFrame, shares: pl.DataFrame, name: str, known: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """A value for everything that is ever in stock on a 31 March, kept for good, so that each stock is as wanted.

    `stock`: key, la_code, return_year, a row for each 31 March. `shares`: la_code, return_year, `name`, weight.
    `known`: key and `name`, settled beforehand. Gives key and `name` of all that are in stock, and the known ones.
    """
    by = ["la_code"]
    for year in stock["return_year"].unique().sort().to_list():
        rows = stock.filter(return_year=year).join(known, on="key", how="left", maintain_order="left")
        sizes = rows.group_by(by, maintain_order=True).len("size")
        want = draw.share_out(sizes, shares.filter(return_year=year), by)
        have = rows.filter(pl.col(name).is_not_null()).group_by("la_code", name, maintain_order=True).len("have")
        want = want.join(have, on=["la_code", name], how="left", maintain_order="left").with_columns(
            weight=(pl.col("size") - pl.col("have").fill_null(0)).clip(0).cast(pl.Float64)
        )
        new = rows.filter(pl.col(name).is_null()).drop(name)
        lacking = pl.col("weight").sum().over(by) == 0  # where all are had already, the new ones follow the shares
        want = want.with_columns(weight=pl.when(lacking).then(pl.col("size")).otherwise("weight")).drop("size", "have")
        value = draw.assign(new, want, by, name, rng)
        known = pl.concat([known, new.select("key", value.alias(name))])
    return known
