"""Child protection: plans by stock and flow, the enquiry and conference before each, reviews, other enquiries."""

import numpy as np
import polars as pl

from synthetic import draw
from synthetic.need_days import (
    first_day,
    last_day,
    mostly_on_weekdays,
    on_working_day,
    return_year,
    working_days_after,
    working_days_before,
)
from synthetic.need_lots import deal, long, settled, shared, stock_and_flow, take, with_dates

CATEGORIES = ["NEG", "PHY", "SAB", "EMO", "MUL"]
CONFERENCE_DAYS = {1: (3, 10), 2: (11, 15), 3: (16, 20), 4: (21, 40)}  # working days of the published bands
TRANSFERRED_IN = 0.05  # of plans, those begun by a conference for a child who was on a plan elsewhere
SHORT = {1: 1.45, 2: 0.3, 3: 1.0}  # bands of plans that end in their first year: how much oftener than among all
SAME_CATEGORY = 0.93  # of plans, those whose category has not changed
WHEN_NOT_IN_NEED = 0.25  # how likely an enquiry is for a child who turns out not to be in need, against others


def plans(wanted: pl.DataFrame, years: range, rng: np.random.Generator) -> pl.DataFrame:
    """Plans by authority and year with their days, and the conference's clock.

    Columns: plan_id, la_code, start_year, end_year, opened, closed, family, is_transfer, clock (the day on which the
    enquiry began, or notice of a child's move came).
    """
    flows = wanted.select(
        "la_code", "return_year", starts="n_plans_started", **stock_bands(wanted, "n_plans_stock", "p_plan_open_")
    )
    none = pl.DataFrame(
        schema={
            "key": pl.Int64,
            "la_code": pl.String,
            "start_year": pl.Int32,
            "until_year": pl.Int32,
            "ends_then": bool,
        }
    )
    found = stock_and_flow(flows, none, years, rng).drop("key")
    ended = wanted.with_columns(pl.col(f"p_plan_ended_{band}") * SHORT[band] for band in SHORT)
    shares = (
        long(wanted, {f"p_plan_open_{band}": band for band in SHORT}, "band"),
        long(ended, {f"p_plan_ended_{band}": band for band in SHORT}, "band"),
    )
    found = with_dates(found, shares, years, 14, 1.1, rng).with_row_index("plan_id")
    opened = on_working_day(
        found["opened"].to_numpy(), found.select(first_day(pl.col("start_year"))).to_series().to_numpy()
    )
    found = found.with_columns(pl.col("plan_id").cast(pl.Int64), opened=pl.Series(opened).cast(pl.Int32))
    found = found.with_columns(
        is_transfer=shared(rng.random(found.height), found["family"]) < TRANSFERRED_IN,
        closed=pl.max_horizontal("closed", pl.col("opened") + 1) if found.height else pl.col("closed"),
    )
    # a plan that is open stays open: max_horizontal passes over nulls
    found = found.with_columns(closed=pl.when(pl.col("end_year").is_not_null()).then("closed"))
    bands = conference_bands(found, wanted, pl.col("start_year"), found["family"], years, rng)
    return found.with_columns(clock=pl.Series(working_days_before(opened, bands)).cast(pl.Int32))


def stock_bands(wanted: pl.DataFrame, total: str, prefix: str) -> dict[str, pl.Expr]:
    """The stock by time since the start: under a year, one to two years, longer; the parts add up to the total."""
    known = pl.sum_horizontal(pl.col(f"{prefix}{band}") for band in range(1, 6)).clip(1)
    year, two = (
        (pl.sum_horizontal(pl.col(f"{prefix}{band}") for band in range(1, last)) / known * pl.col(total))
        .round()
        .cast(pl.Int64)
        for last in (4, 5)
    )
    return {"open_1": year, "open_2": two - year, "open_3": pl.col(total) - two}


def conference_bands(rows, wanted, year: pl.Expr, family: pl.Series, years: range, rng) -> np.ndarray:
    """Working days from enquiry to conference for each row, families together, by the published bands."""
    rows = rows.select("la_code", return_year=year.clip(years[0], years[-1]))
    shares = long(wanted, {f"p_conference_days_{band}": band for band in CONFERENCE_DAYS}, "band")
    lots = shared(rng.random(rows.height), family)
    band = deal(rows, shares, ["la_code", "return_year"], "band", lots).fill_null(2).to_numpy()
    low, high = (np.array([span[side] for span in CONFERENCE_DAYS.values()])[band - 1] for side in (0, 1))
    return low + np.floor(shared(rng.random(rows.height), family).to_numpy() * (high - low + 1)).astype(np.int64)


def enquiries(episodes: pl.DataFrame, plans: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """Section 47 enquiries: episode_id, opened, conference (day or null), target (day).

    One before each plan that did not come from elsewhere; then those whose conference led to no plan; then those
    without a conference, all in the published numbers.
    """
    by = ["la_code", "return_year"]
    linked = plans.filter(~pl.col("is_transfer")).join(
        episodes.select("plan_id", "episode_id"), on="plan_id", maintain_order="left"
    )
    first = linked.select("la_code", "episode_id", opened="clock", conference="opened")
    end = pl.min_horizontal(pl.col("closed").fill_null(10**6), last_day(pl.col("start_year")))
    hosts = episodes.filter(pl.col("kind") != "nfa", pl.col("plan_id").is_null(), pl.col("start_year") >= years[0])
    hosts = hosts.with_columns(return_year="start_year", end=end, kin=shared(rng.random(hosts.height), hosts["family"]))
    began = plans.group_by("la_code", return_year="start_year", maintain_order=True).len("have")
    some = hosts.filter(
        pl.col("kind") == "in_need", pl.col("care_key").is_null(), pl.col("end") - pl.col("opened") > 80
    )
    some = some.filter(take(some, _left(wanted, "n_conferences", began), by, some["kin"]))
    clock = on_working_day(
        some["opened"].to_numpy() + np.floor(some["kin"].to_numpy() * 1e6 % 10), some["opened"].to_numpy()
    )
    days = conference_bands(some, wanted, pl.col("start_year"), some["family"], years, rng)
    second = some.select(
        *("la_code", "episode_id"),
        opened=pl.Series(clock).cast(pl.Int32),
        conference=pl.Series(working_days_after(clock, days)).cast(pl.Int32),
    )
    made = pl.concat([first, second])
    have = made.group_by("la_code", return_year=return_year(pl.col("opened")), maintain_order=True).len("have")
    rest = hosts.join(second.select("episode_id"), on="episode_id", how="anti", maintain_order="left")
    chance = np.where((rest["kind"] == "in_need").to_numpy(), 1.0, WHEN_NOT_IN_NEED)
    lots = pl.Series(-np.log(1 - rest["kin"].to_numpy()) / chance)
    rest = rest.filter(take(rest, _left(wanted, "n_section_47s", have), by, lots))
    day = rest["opened"].to_numpy() + np.floor(rest["kin"].to_numpy() * 1e6 % 12).astype(np.int64)
    day = mostly_on_weekdays(day, rest["opened"].to_numpy(), rest["kin"].to_numpy() * 1e4 % 1)
    third = rest.select(
        *("la_code", "episode_id"),
        opened=pl.Series(np.minimum(day, rest["end"].to_numpy())).cast(pl.Int32),
        conference=pl.lit(None, pl.Int32),
    )
    rows = pl.concat([made, third]).sort("episode_id", "opened")
    target = working_days_after(rows["opened"].to_numpy(), np.full(rows.height, 15))
    return rows.with_columns(target=pl.Series(target).cast(pl.Int32))


def _left(wanted: pl.DataFrame, name: str, have: pl.DataFrame) -> pl.DataFrame:
    by = ["la_code", "return_year"]
    rows = wanted.join(have, on=by, how="left", maintain_order="left")
    return rows.select(*by, size=(pl.col(name) - pl.col("have").fill_null(0)).clip(0).cast(pl.Int64))


def categories(plans: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """The plans with `initial_category` and `latest_category`, the latest as published on each 31 March."""
    shares, begun = (
        long(wanted, {f"{name}{code}": code for code in CATEGORIES}, "category") for name in ("p_stock_", "p_started_")
    )
    parts = [
        plans.filter(pl.col("opened") <= last_day(pl.lit(year)), (pl.col("end_year") > year).fill_null(True)).select(
            "la_code", key="plan_id", return_year=pl.lit(year, pl.Int32)
        )
        for year in years
    ]
    none = pl.DataFrame(schema={"key": pl.Int64, "category": pl.String})
    latest = settled(pl.concat(parts), shares, "category", none, rng).rename({"key": "plan_id", "category": "latest"})
    rows = plans.join(latest, on="plan_id", how="left", maintain_order="left")
    by = ["la_code", "return_year"]
    keyed = rows.select("la_code", "plan_id", "latest", return_year=pl.col("start_year").clip(years[0], years[-1]))
    want = draw.share_out(keyed.group_by(by, maintain_order=True).len("size"), begun, by)
    have = keyed.group_by(*by, category="latest", maintain_order=True).len("have")
    lacks = want.join(have, on=[*by, "category"], how="left", maintain_order="left").select(
        *by, "category", weight=(pl.col("size") - pl.col("have").fill_null(0)).clip(0) + 1e-3
    )
    briefly = keyed.filter(pl.col("latest").is_null())
    briefly = briefly.select("plan_id", brief=draw.assign(briefly, lacks, by, "category", rng))
    rows = rows.with_columns(drawn=draw.assign(keyed, begun, by, "category", rng))
    rows = rows.join(briefly, on="plan_id", how="left", maintain_order="left")
    rows = rows.with_columns(latest_category=pl.coalesce("latest", "brief", pl.lit("NEG")))
    same = pl.Series(rng.random(rows.height)) < SAME_CATEGORY
    first = pl.when(same).then("latest_category").otherwise(pl.coalesce("drawn", "latest_category"))
    return rows.with_columns(initial_category=first).drop("latest", "brief", "drawn")


def previous_plans(plans: pl.DataFrame, wanted: pl.DataFrame, rng) -> pl.Series:
    """How many plans the child had before (`plans` has `child_id`): at least those made, and again as published."""
    earlier = (pl.col("opened").rank("ordinal").over("child_id") - 1).cast(pl.Int64)
    rows = plans.with_columns(earlier=earlier, return_year="start_year")
    lots = pl.Series(rng.random(rows.height)) - rows["earlier"].clip(0, 1)
    again = take(rows, wanted.select("la_code", "return_year", size="n_plans_again"), ["la_code", "return_year"], lots)
    more = 1 + (pl.Series(rng.random(rows.height)) < 0.15).cast(pl.Int64)
    return rows.select(n=pl.when(again).then(pl.max_horizontal("earlier", more)).otherwise("earlier"))["n"]


def reviews(plans: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """Review conferences: plan_id, day. The first within three months, then every six; some plans' always late."""
    rows = plans.select(
        "la_code", "plan_id", "opened", "closed", return_year=pl.col("start_year").clip(years[0], years[-1])
    )
    rows = rows.join(
        wanted.select("la_code", "return_year", "p_reviewed"),
        on=["la_code", "return_year"],
        how="left",
        maintain_order="left",
    )
    rows = rows.with_columns(
        is_late=pl.Series(rng.random(rows.height) * 100) >= rows["p_reviewed"],
        end=pl.col("closed").fill_null(pl.lit(np.datetime64(f"{years[-1]}-12-31").astype("datetime64[D]").astype(int))),
        day=pl.col("opened").cast(pl.Int64),
    )
    parts, low, high, late = [rows.head(0).select("plan_id", pl.col("day").cast(pl.Int32))], 60, 89, 20
    while rows.height:
        gap = rng.integers(low, high, rows.height) + rows["is_late"].to_numpy() * (
            rng.integers(late, 50, rows.height) + high - low
        )
        day = on_working_day(rows["day"].to_numpy() + gap, rows["day"].to_numpy() + 1)
        rows = rows.with_columns(day=pl.Series(day)).filter(pl.col("day") < pl.col("end"))
        parts.append(rows.select("plan_id", pl.col("day").cast(pl.Int32)))
        low, high, late = 140, 178, 10
    return pl.concat(parts).sort("plan_id", "day")


def cin_plans(episodes: pl.DataFrame, plans: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """CIN plans: episode_id, opened, closed (null: open). One an episode, none beside a protection plan or care."""
    after = plans.select("plan_id", plan_end=pl.col("closed"))
    hosts = episodes.filter(kind="in_need").filter(pl.col("care_key").is_null())
    hosts = hosts.join(after, on="plan_id", how="left", maintain_order="left")
    hosts = hosts.filter(pl.col("plan_id").is_null() | pl.col("plan_end").is_not_null()).select(
        *("la_code", "episode_id"),
        low=pl.when(pl.col("plan_id").is_null()).then(pl.col("opened") + 30).otherwise(pl.col("plan_end") + 1),
        high=pl.col("closed").fill_null(10**6),
    )
    hosts = hosts.filter(pl.col("high") - pl.col("low") > 14)
    on_plan = hosts.head(0).with_columns(start=pl.lit(0, pl.Int32))
    parts = []
    for year in years:
        first, last = pl.select(first_day(pl.lit(year)), last=last_day(pl.lit(year))).row(0)
        want = wanted.filter(return_year=year)
        can_stay = on_plan.filter(pl.col("high") > last).group_by("la_code", maintain_order=True).len("stay")
        want = want.join(can_stay, on="la_code", how="left", maintain_order="left").with_columns(
            stay=(pl.col("n_cin_plans_stock") - 0.5 * pl.col("stay").fill_null(0)).cast(pl.Int64).clip(0)
        )
        near = hosts.filter(pl.col("low") <= last - 5, pl.col("high") > first + 14)
        long_ones, short = near.filter(pl.col("high") > last), near.filter(pl.col("high") <= last)
        want = want.join(
            short.group_by("la_code", maintain_order=True).len("short"), on="la_code", how="left", maintain_order="left"
        )
        started = pl.col("n_cin_plans_started")
        want = want.with_columns(
            stay=pl.max_horizontal(pl.min_horizontal("stay", started), started - pl.col("short").fill_null(0))
        )
        stays = long_ones.filter(draw.choose(long_ones, want.select("la_code", size="stay"), ["la_code"], rng))
        goes = short.filter(
            draw.choose(
                short, want.select("la_code", size=pl.col("n_cin_plans_started") - pl.col("stay")), ["la_code"], rng
            )
        )
        new = pl.concat([stays, goes])
        low = np.maximum(new["low"].to_numpy(), first)
        high = np.minimum(new["high"].to_numpy() - 7, last)
        start = low + np.floor(rng.random(new.height) ** 2 * (np.maximum(high - low, 0) + 0.99)).astype(np.int64)
        new = new.with_columns(start=pl.Series(start).cast(pl.Int32))
        hosts = hosts.join(new.select("episode_id"), on="episode_id", how="anti", maintain_order="left")
        there = pl.concat([on_plan, new])
        may = there.with_columns(goes=pl.col("high") <= last)
        stay = draw.choose(
            may,
            want.select("la_code", size="n_cin_plans_stock"),
            ["la_code"],
            rng,
            pl.when("goes").then(1e-12).otherwise(1.0),
        )
        stay = stay & ~may["goes"]
        ends = there.filter(~stay)
        low = np.maximum(ends["start"].to_numpy() + 7, first)
        high = np.minimum(ends["high"].to_numpy(), last)
        end = np.minimum(
            low + np.floor(rng.random(ends.height) * (np.maximum(high - low, 0) + 0.99)).astype(np.int64), high
        )
        parts.append(ends.select("episode_id", opened="start", closed=pl.Series(end).cast(pl.Int32)))
        on_plan = there.filter(stay)
    parts.append(on_plan.select("episode_id", opened="start", closed=pl.lit(None, pl.Int32)))
    return pl.concat(parts).sort("episode_id")
