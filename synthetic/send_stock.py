"""Plans: those in force when the first year begins, those issued, those that came from elsewhere, and their ends.

On every census day each authority has as many plans in force as was published, in each band of age. Plans that begin
are those that assessments led to. As many end as the stock leaves room for: where more ended by the published figures,
that many plans came from another authority. Who leaves one London authority for another is one person in two records.
"""

from datetime import date

import numpy as np
import polars as pl

from synthetic import draw, fit

BANDS = [0, 5, 11, 16, 20, 26]  # years of age at 31 August before the census day; nobody of 26 has a plan
ACT_BEGAN = date(2014, 9, 1)  # Children and Families Act 2014: no plan is older
FROM_LONDON = 0.45  # of the plans that come in, the share that another London authority ended, where one did
LEAVING = {18: 2.0, 19: 3.0, 25: 50.0}  # how much likelier a plan is to end from that age on
REASON_ELSEWHERE = "5"
PLAN = ["person", "la_code", "request_id", "birth_date", "start_date", "since", "came_from"]
SUMMER = 0.5  # of the ends, the share between June and September


def plans(
    wanted: pl.DataFrame, london: pl.DataFrame, census: pl.DataFrame, issued: pl.DataFrame, published: int, seed: int
) -> pl.DataFrame:
    """A row a plan in an authority: person, la_code, request_id, birth_date, start_date, since, came_from, cease_date,
    cease_reason.

    `wanted` are the targets of `send`, with the stock of the year before the first; `census` the census days;
    `issued` has request_id, la_code and start_date of what assessments led to; `published` is the last
    year whose stock was published: later stocks follow from the flows. `person` numbers people, from 1; `since` is
    the day from which the authority has kept the plan (`start_date`, or later where it came from elsewhere:
    `came_from` is then the authority it came from in London, or ''). Half-open: the plan is over on `cease_date`.
    """
    days = dict(census.iter_rows())
    first, *years = sorted(days)
    issued = issued.with_columns(since="start_date", came_from=pl.lit(None, pl.String))
    new = issued.filter(pl.col("start_date") <= days[first])
    new = _born(new, wanted.filter(return_year=first), None, None, london, first, seed)
    stock = _standing(wanted.filter(return_year=first), new, london, days[first], seed)
    stock = pl.concat([stock, new], how="diagonal")
    stock = stock.with_columns(person=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    ended, moved_in = [], None
    for year in years:
        targets = wanted.filter(return_year=year)
        new = issued.filter(pl.col("start_date").is_between(days[year - 1], days[year], closed="right"))
        new = new.with_columns(person=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + _people(stock, ended))
        moved_in = _moving_in(targets, stock, new, moved_in if year > published else None)
        window = (days[year - 1], days[year])
        coming = _coming(targets, moved_in, london, window, _people(new, [stock, *ended]), seed)
        new = _born(new, targets, moved_in, pl.concat([stock, coming], how="diagonal"), london, year, seed)
        stock, over = _ending(targets, moved_in, stock, new, coming, london, window, seed)
        ended.append(over)
    return pl.concat([*ended, stock.select(PLAN)], how="diagonal").sort("la_code", "since", "person")


def _people(rows: pl.DataFrame, others: list[pl.DataFrame]) -> int:
    return max([0, *(frame["person"].max() or 0 for frame in [rows, *others])])


def age_in(year: int | pl.Expr, birth: str = "birth_date") -> pl.Expr:
    """Age at 31 August before the census day of a year."""
    before_september = (pl.col(birth).dt.month() <= 8).cast(pl.Int32)
    return year - 1 - pl.col(birth).dt.year() - 1 + before_september


def band_of(age: pl.Expr) -> pl.Expr:
    """The band of an age, by its first year."""
    return pl.max_horizontal(*(pl.when(age >= band).then(band).otherwise(0) for band in BANDS)).cast(pl.Int32)


def _of_band(rows: pl.DataFrame, london: pl.DataFrame, day: date, seed: int, step: str) -> pl.DataFrame:
    """Rows of `la_code` and `band` with a `birth_date` and a `start_date` before `day`, by London's ages and years."""
    rng = draw.generator(seed, "send", step, day.year)
    ages = london.filter(topic="plans_by_age").select(age=pl.col("value").cast(pl.Int32), weight="n")
    ages = ages.with_columns(band=band_of(pl.col("age")))
    groups = rows.select("la_code", "band").unique(maintain_order=True)
    shares = groups.join(ages, on="band", maintain_order="left")
    age = draw.assign(rows, shares, ["la_code", "band"], "age", rng)
    held = london.filter(topic="plans_by_years").select(held=pl.col("value").cast(pl.Int32), weight="n")
    held = draw.assign(rows.with_columns(all=1), held.with_columns(all=1), ["all"], "held", rng)
    size = rows.height
    born = pl.lit(date(day.year - 1, 8, 31)).cast(pl.Int32) - (age * 365.25 + pl.Series(rng.uniform(0, 365, size)))
    most = pl.min_horizontal(day.toordinal() - pl.lit(ACT_BEGAN.toordinal()), pl.lit(day).cast(pl.Int32) - born - 550)
    wish = held * 365 + pl.Series(rng.integers(0, 365, size))
    ago = pl.when(wish < most).then(wish).otherwise(most * pl.Series(rng.random(size)))
    return rows.with_columns(birth_date=born.floor().cast(pl.Int32).cast(pl.Date)).with_columns(
        start_date=draw.add_days(pl.lit(day), -ago.clip(1).floor())
    )


def _born(
    new: pl.DataFrame,
    targets: pl.DataFrame,
    sizes: pl.DataFrame | None,
    others: pl.DataFrame | None,
    london: pl.DataFrame,
    year: int,
    seed: int,
) -> pl.DataFrame:
    """The new plans with a `birth_date`, so that with those of `others` that stay each band has what it should have."""
    rng = draw.generator(seed, "send", "born", year)
    ages = london.filter(topic="requests_by_age", group="agreed")
    ages = ages.select(age=pl.col("value").cast(pl.Int32), weight="n").with_columns(band=band_of(pl.col("age")))
    usual = ages.group_by("band", maintain_order=True).agg(usual=pl.col("weight").sum() / ages["weight"].sum())
    bands = _bands(targets).drop("weight").join(usual, on="band", maintain_order="left")
    if others is None:
        bands = bands.with_columns(weight="usual")
    else:
        count = new.group_by("la_code", maintain_order=True).len("new")
        stays = _staying(others, sizes, london, year)
        should = draw.share_out(sizes.select("la_code", size="stands"), _bands(targets), ["la_code"])
        bands = (
            bands.join(should.select("la_code", "band", "size"), on=["la_code", "band"], maintain_order="left")
            .join(stays, on=["la_code", "band"], how="left", maintain_order="left")
            .join(count, on="la_code", how="left", maintain_order="left")
            .with_columns(pl.col("stays").fill_null(0.0), pl.col("new").fill_null(0))
            .with_columns(missing=(pl.col("size") - pl.col("stays")).clip(0))
        )
        # what no band is short of is spread as usual
        rest = (pl.col("new") - pl.col("missing").sum().over("la_code")).clip(0) + pl.col("new") * 0.02
        bands = bands.with_columns(weight=pl.col("missing") + pl.col("usual") * rest)
    band = draw.assign(new, bands.select("la_code", "band", "weight"), ["la_code"], "band", rng)
    single = draw.assign(new.with_columns(band=band), ages, ["band"], "age", rng)
    age = pl.when(single == 20).then(20 + pl.Series(rng.integers(0, 5, new.height))).otherwise(single)
    born = pl.date(year - 1 - age, 8, 31)
    return new.with_columns(birth_date=draw.add_days(born, -rng.integers(0, 365, new.height)))


def _staying(plans: pl.DataFrame, sizes: pl.DataFrame, london: pl.DataFrame, year: int) -> pl.DataFrame:
    """About how many plans of each band will not end in the window before a year's census: la_code, band, stays."""
    ends = (
        london.filter(topic="reason_by_age").group_by(band=pl.col("group").cast(pl.Int32)).agg(ends=pl.col("n").sum())
    )
    have = (
        london.filter(topic="plans_by_age")
        .group_by(band=band_of(pl.col("value").cast(pl.Int32)))
        .agg(have=pl.col("n").sum())
    )
    rates = ends.join(have, on="band").select("band", rate=pl.col("ends") / pl.col("have"))
    bands = plans.group_by("la_code", band_of(age_in(year)).alias("band"), maintain_order=True).len("count")
    bands = bands.join(rates, on="band", how="left", maintain_order="left").join(
        sizes.select("la_code", "ends"), on="la_code", maintain_order="left"
    )
    likely = pl.col("count") * pl.col("rate").fill_null(1.0)
    share = likely / likely.sum().over("la_code") * pl.col("ends")
    return bands.select("la_code", "band", stays=(pl.col("count") - share).clip(0))


def _standing(targets: pl.DataFrame, new: pl.DataFrame, london: pl.DataFrame, day: date, seed: int) -> pl.DataFrame:
    """The plans in force on the first census day, but those that are of this very year."""
    year = targets["return_year"].first()
    known = new.group_by("la_code", band_of(age_in(year)).alias("band"), maintain_order=True).len("known")
    sizes = draw.share_out(targets.select("la_code", size="n_plans"), _bands(targets), ["la_code"])
    sizes = sizes.join(known, on=["la_code", "band"], how="left", maintain_order="left")
    rows = fit.spread(
        sizes.select("la_code", "band", size=(pl.col("size") - pl.col("known").fill_null(0).cast(pl.Int64)).clip(0))
    )
    rows = _of_band(rows, london, day, seed, "standing").drop("band")
    return rows.with_columns(since="start_date", came_from=pl.lit(None, pl.String))


def _bands(targets: pl.DataFrame) -> pl.DataFrame:
    """The shares of the bands of age: la_code, band, weight."""
    return fit.long(targets, "n_age_", ["la_code"], "band").with_columns(pl.col("band").cast(pl.Int32))


def _moving_in(
    targets: pl.DataFrame, stock: pl.DataFrame, new: pl.DataFrame, same: pl.DataFrame | None
) -> pl.DataFrame:
    """How many plans come in from elsewhere, end, and are in force afterwards: la_code, comes, ends, stands.

    Where the stock of the year was not published, `same` is what came in in the year before, and comes in again.
    """
    sizes = targets.select("la_code", "n_ceased", "n_plans")
    for name, rows in {"had": stock, "new": new}.items():
        count = rows.group_by("la_code", maintain_order=True).len(name)
        sizes = sizes.join(count, on="la_code", how="left", maintain_order="left")
    sizes = sizes.with_columns(pl.col("had", "new").fill_null(0).cast(pl.Int64))
    if same is not None:
        sizes = sizes.join(same.select("la_code", "comes"), on="la_code", maintain_order="left")
        ends = pl.min_horizontal("n_ceased", "had")
        return sizes.select(
            "la_code", "comes", ends=ends, stands=pl.col("had") + pl.col("new") + pl.col("comes") - ends
        )
    room = pl.col("n_plans") - pl.col("had") - pl.col("new")
    sizes = sizes.with_columns(comes=(room + pl.col("n_ceased")).clip(0))
    return sizes.select("la_code", "comes", ends=pl.col("comes") - room, stands="n_plans")


def _coming(
    targets: pl.DataFrame,
    sizes: pl.DataFrame,
    london: pl.DataFrame,
    window: tuple[date, date],
    people: int,
    seed: int,
) -> pl.DataFrame:
    """The plans that come in from elsewhere."""
    parts = draw.share_out(sizes.select("la_code", size="comes"), _bands(targets), ["la_code"])
    rows = fit.spread(parts.select("la_code", "band", "size"))
    rng = draw.generator(seed, "send", "coming", window[1].year)
    rows = _of_band(rows, london, window[0], seed, "coming")
    since = draw.add_days(pl.lit(window[0]), rng.integers(1, (_last(window) - window[0]).days + 1, rows.height))
    return rows.with_columns(
        since=since, came_from=pl.lit(""), person=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + people
    )


def _last(window: tuple[date, date]) -> date:
    """The last day of the calendar year that a return covers, so that flows of the calendar year are the window's."""
    return date(window[1].year - 1, 12, 31)


def _ending(
    targets: pl.DataFrame,
    sizes: pl.DataFrame,
    stock: pl.DataFrame,
    new: pl.DataFrame,
    coming: pl.DataFrame,
    london: pl.DataFrame,
    window: tuple[date, date],
    seed: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The plans in force on the next census day, and those that ended before it."""
    year = window[1].year
    every = pl.concat([stock, new, coming.drop("band")], how="diagonal")
    every = every.with_columns(age=age_in(year), may_end=(pl.col("since") <= window[0])).with_columns(
        band=band_of(pl.col("age"))
    )
    rng = draw.generator(seed, "send", "ending", year)
    weight = pl.lit(1.0)
    for age, times in LEAVING.items():
        weight = pl.when(pl.col("age") >= age).then(times).otherwise(weight)
    standing = every.filter("may_end")
    ends = _ends(targets, sizes, every, standing)
    over = draw.choose(standing, ends, ["la_code", "band"], rng, weight)
    ended = _reasons(standing.filter(over), targets, london, window, seed)
    stays = pl.concat([standing.filter(~over), every.filter(~pl.col("may_end"))])
    stays = _within_london(stays, ended, window[0], rng)
    return stays.select(PLAN), ended.select(*PLAN, "cease_date", "cease_reason")


def _ends(targets: pl.DataFrame, sizes: pl.DataFrame, every: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """How many plans end in each band: la_code, band, size.

    All of whoever is too old; then what each band has too many of; then any that may, if ends are left over.
    """
    keys = ["la_code", "band"]
    should = draw.share_out(sizes.select("la_code", size="stands"), _bands(targets), ["la_code"])
    have, may = (
        frame.group_by(keys, maintain_order=True).len(name) for frame, name in ((every, "have"), (standing, "may"))
    )
    bands = have.join(should.select(*keys, should="size"), on=keys, how="left", maintain_order="left")
    bands = bands.join(may, on=keys, how="left", maintain_order="left").with_columns(
        pl.col("have", "may", "should").fill_null(0).cast(pl.Int64)
    )
    bands = bands.with_columns(size=pl.when(pl.col("band") == BANDS[-1]).then("may").otherwise(0))
    surplus = pl.min_horizontal(pl.col("have") - pl.col("should"), "may").clip(0)
    for weight in (surplus, pl.col("may")):
        left = bands.group_by("la_code", maintain_order=True).agg(ended=pl.col("size").sum())
        left = left.join(sizes.select("la_code", "ends"), on="la_code", maintain_order="left")
        left = left.select("la_code", size=(pl.col("ends") - pl.col("ended")).clip(0))
        room = bands.select(
            *keys, weight=(weight - pl.col("size")).clip(0).cast(pl.Float64), room=pl.col("may") - pl.col("size")
        )
        more = draw.share_out(left, room, ["la_code"]).select(*keys, more=pl.min_horizontal("size", "room"))
        bands = bands.join(more, on=keys, maintain_order="left")
        bands = bands.with_columns(size=pl.col("size") + pl.col("more")).drop("more")
    return bands.select(*keys, "size")


def _reasons(
    rows: pl.DataFrame, targets: pl.DataFrame, london: pl.DataFrame, window: tuple[date, date], seed: int
) -> pl.DataFrame:
    """The plans that end, with `cease_reason` and `cease_date`."""
    rng = draw.generator(seed, "send", "reasons", window[1].year)
    rows = rows.with_columns(group=pl.col("band").clip(upper_bound=20).cast(pl.String))
    totals = fit.long(targets, "n_ceased_", ["la_code"], "cease_reason")
    likely = london.filter(topic="reason_by_age").select("group", cease_reason="value", weight="n")
    shares = fit.raked(rows, totals, likely, ["la_code"], "cease_reason")
    rows = rows.with_columns(cease_reason=draw.assign(rows, shares, ["la_code", "group"], "cease_reason", rng))
    last = _last(window)
    summer = (date(last.year, 6, 20) - window[0]).days
    day = np.where(
        rng.random(rows.height) < SUMMER,
        rng.integers(summer, summer + 85, rows.height),
        rng.integers(1, (last - window[0]).days + 1, rows.height),
    )
    return rows.with_columns(cease_date=draw.add_days(pl.lit(window[0]), day)).drop("group")


def _within_london(stays: pl.DataFrame, ended: pl.DataFrame, after: date, rng: np.random.Generator) -> pl.DataFrame:
    """The plans in force; some of those that came in `after` a day are plans that a London authority passed on."""
    lot = pl.Series(rng.random(stays.height))
    slots = stays.with_row_index("row").with_columns(lot=lot)
    slots = slots.filter(pl.col("came_from") == "", pl.col("since") > after, pl.col("lot") < FROM_LONDON)
    slots = slots.select("row", "la_code", "band", turn=pl.col("lot").rank("ordinal").over("band"))
    given = ended.with_columns(lot=pl.Series(rng.random(ended.height))).filter(cease_reason=REASON_ELSEWHERE)
    given = given.select(
        "band",
        turn=pl.col("lot").rank("ordinal").over("band"),
        came_from="la_code",
        since="cease_date",
        person="person",
        birth_date="birth_date",
        start_date="start_date",
    )
    pairs = slots.join(given, on=["band", "turn"], maintain_order="left").filter(
        pl.col("la_code") != pl.col("came_from")
    )
    names = ["came_from", "since", "person", "birth_date", "start_date"]
    found = stays.with_row_index("row").join(
        pairs.select("row", *(pl.col(name).alias(f"{name}_then") for name in names)),
        on="row",
        how="left",
        maintain_order="left",
    )
    return found.with_columns(pl.coalesce(f"{name}_then", name).alias(name) for name in names).select(stays.columns)
