"""Assessments in the published numbers and durations, and the factors found at their end."""

import numpy as np
import polars as pl

from loaders import spec
from synthetic import draw
from synthetic.need_days import (
    first_day,
    last_day,
    on_working_day,
    return_year,
    working_days_after,
    working_days_before,
    working_days_between,
)
from synthetic.need_episodes import ASSESSMENT_DAYS, WEIGHTS, assessment_days
from synthetic.need_lots import deal, long, repeated, shared, take

AGAIN = 130  # days from one assessment to the end of the next, at least
NONE_FOUND = "21"
UNACCOMPANIED = "9A"
LATEST = 10**6


def make(episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng: np.random.Generator) -> pl.DataFrame:
    """Assessments: episode_id, opened, closed (day of authorisation), review (day or null), return_year (of the end).

    Those that close a referral as not in need are all there; of the others as many as are left of the year's number,
    first assessments before further ones.
    """
    settled = episodes.filter(pl.col("assessed_on").is_not_null())
    settled = settled.select("la_code", "episode_id", opened="assessed_from", closed="assessed_on")
    settled = settled.with_columns(return_year=return_year(pl.col("closed")))
    firsts = _firsts(episodes, wanted, years, rng)
    by = ["la_code", "return_year"]
    room = _lacking(settled, wanted).with_columns(size=pl.col("weight").cast(pl.Int64))
    lots = pl.Series(rng.random(firsts.height)) - firsts["has_plan"].cast(pl.Float64)
    taken = take(_with_bands(firsts), room, [*by, "band"], lots)
    firsts = firsts.filter(taken | (pl.col("return_year") > years[-1]))
    made = pl.concat([settled, firsts.drop("has_plan")], how="diagonal")
    further = _further(episodes, made, wanted, years, rng)
    rows = pl.concat([made, further], how="diagonal").sort("episode_id", "opened", "closed")
    rows = rows.with_row_index("assessment_id").with_columns(pl.col("assessment_id").cast(pl.Int64) + 1)
    review = working_days_after(rows["opened"].to_numpy(), rng.integers(8, 30, rows.height))
    has_review = pl.Series(rng.random(rows.height) < 0.7)
    return rows.with_columns(review=pl.when(has_review).then(pl.Series(review).cast(pl.Int32)))


def _room(wanted: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    by = ["la_code", "return_year"]
    counts = made.group_by(by, maintain_order=True).len("made")
    left = (pl.col("n_assessments") - pl.col("made").fill_null(0)).clip(0)
    return wanted.join(counts, on=by, how="left", maintain_order="left").select(*by, size=left.cast(pl.Int64))


def _firsts(episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """The assessment that follows a referral of a child in need, where the episode lasts as long."""
    rows = episodes.filter(kind="in_need").filter(pl.col("start_year") >= years[0])
    rows = rows.with_columns(return_year="start_year", kin=shared(rng.random(rows.height), rows["family"]))
    shares = long(wanted, {f"p_days_{band}": band for band in range(9)}, "band")
    band = deal(rows, shares, ["la_code", "return_year"], "band", rows["kin"]).fill_null(4).to_numpy()
    days = assessment_days(band, shared(rng.random(rows.height), rows["family"]).to_numpy())
    began = rows["opened"].to_numpy() + np.floor(shared(rng.random(rows.height), rows["family"]).to_numpy() * 3).astype(
        int
    )
    rows = rows.select(
        *("la_code", "episode_id"),
        has_plan=pl.col("plan_id").is_not_null(),
        end=pl.col("closed").fill_null(LATEST),
        opened=pl.Series(began).cast(pl.Int32),
        closed=pl.Series(working_days_after(began, days)).cast(pl.Int32),
    )
    rows = rows.filter(pl.col("closed") <= pl.col("end")).drop("end")
    return rows.with_columns(return_year=return_year(pl.col("closed")))


def _further(episodes: pl.DataFrame, made: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """Further assessments of those still in need, as many as the year lacks, in the bands that it lacks."""
    by = ["la_code", "return_year"]
    hosts = episodes.filter(kind="in_need").select("la_code", "episode_id", "opened", "closed")
    done = made.group_by("episode_id", maintain_order=True).agg(done=pl.col("closed").max())
    hosts = hosts.join(done, on="episode_id", how="left", maintain_order="left")
    ready = hosts.select(pl.coalesce("done", "opened") + AGAIN).to_series().to_numpy().copy()
    ends = hosts["closed"].fill_null(LATEST).to_numpy()
    parts = []
    for year in years:
        first, last = pl.select(first_day(pl.lit(year)), last=last_day(pl.lit(year))).row(0)
        low, high = np.maximum(ready, first), np.minimum(ends, last)
        rows = hosts.with_row_index("row").with_columns(low=pl.Series(low), high=pl.Series(high))
        rows = rows.filter(pl.col("high") - pl.col("low") >= 7).with_columns(return_year=pl.lit(year, pl.Int32))
        rows = rows.filter(draw.choose(rows, _room(wanted.filter(return_year=year), made), by, rng))
        band = (
            draw.assign(rows, _lacking(made, wanted.filter(return_year=year)), by, "band", rng).fill_null(4).to_numpy()
        )
        days = assessment_days(band, rng.random(rows.height))
        low, high = rows["low"].to_numpy(), rows["high"].to_numpy()
        day = on_working_day(low + np.floor(rng.random(rows.height) * (high - low + 0.99)).astype(np.int64), low)
        day = np.minimum(day, high)
        ready[rows["row"].to_numpy()] = day + AGAIN
        began = working_days_before(day, days)
        parts.append(
            rows.select(
                *("la_code", "episode_id", "return_year"),
                opened=pl.Series(began).cast(pl.Int32),
                closed=pl.Series(day).cast(pl.Int32),
            )
        )
    return pl.concat(parts)


def _with_bands(assessments: pl.DataFrame) -> pl.DataFrame:
    """The assessments with the published band (0 to 8) of their working days."""
    days = working_days_between(assessments["opened"].to_numpy(), assessments["closed"].to_numpy())
    ends = np.array([band[1] for band in ASSESSMENT_DAYS[:-1]])
    return assessments.with_columns(band=pl.Series(np.searchsorted(ends, days, "left")).cast(pl.Int32))


def _lacking(made: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """As `weight`, how many assessments each band of an authority and year still lacks, at least a trace of each."""
    by = ["la_code", "return_year"]
    shares = long(wanted, {f"p_days_{band}": band for band in range(9)}, "band")
    want = draw.share_out(wanted.select(*by, size="n_assessments"), shares, by)
    have = _with_bands(made).group_by(*by, "band", maintain_order=True).len("have")
    want = want.with_columns(pl.col("band").cast(pl.Int32))
    want = want.join(have, on=[*by, "band"], how="left", maintain_order="left")
    lacks = (pl.col("size") - pl.col("have").fill_null(0)).clip(0) + 1e-3
    return want.select(*by, "band", weight=lacks)


def factors(assessments: pl.DataFrame, children: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.DataFrame:
    """Factors of each assessment: assessment_id, factor. A factor is of an episode and a year, whichever assessment.

    `children`: episode_id and is_uasc. As many episodes have factors, and each factor as many episodes, as published;
    the others have code 21, which says that none were found.
    """
    by = ["la_code", "return_year"]
    done = assessments.filter(pl.col("return_year") <= years[-1])
    units = done.select("episode_id", *by).unique(["episode_id", "return_year"], maintain_order=True)
    units = units.join(children, on="episode_id", how="left", maintain_order="left")
    lots = pl.Series(rng.random(units.height)) - units["is_uasc"].cast(pl.Float64)
    some = take(units, wanted.select(*by, size="n_with_factors"), by, lots)
    with_some = units.filter(some).sort(*by, "episode_id").with_row_index("unit")
    groups = with_some.group_by(by, maintain_order=True).agg(base=pl.col("unit").min().cast(pl.Int64), size=pl.len())
    mentions = _mentions(groups, wanted, rng)
    mentions = mentions.with_columns(lot=pl.Series(rng.random(mentions.height))).sort(*by, "lot")
    alone = mentions.filter(factor=UNACCOMPANIED).group_by(by, maintain_order=True).len("size")
    lots = pl.Series(rng.random(with_some.height)) - with_some["is_uasc"].cast(pl.Float64)
    asylum = with_some.filter(take(with_some, alone, by, lots)).select("unit", factor=pl.lit(UNACCOMPANIED))
    mentions = mentions.filter(pl.col("factor") != UNACCOMPANIED)
    mentions = mentions.with_columns(turn=pl.int_range(pl.len()).over(by)).with_columns(
        unit=pl.when(pl.col("turn") < pl.col("size")).then(pl.col("base") + pl.col("turn"))
    )
    asylum = asylum.with_columns(pl.col("unit").cast(pl.Int64))
    placed = pl.concat([asylum, mentions.filter(pl.col("unit").is_not_null()).select("unit", "factor")])
    placed = placed.unique(["unit", "factor"], maintain_order=True)
    left = mentions.filter(pl.col("unit").is_null())
    for _ in range(6):
        unit = left["base"].to_numpy() + np.floor(rng.random(left.height) * left["size"].to_numpy()).astype(np.int64)
        tried = left.with_columns(unit=pl.Series(unit))
        fresh = tried.unique(["unit", "factor"], keep="first", maintain_order=True).join(
            placed, on=["unit", "factor"], how="anti", maintain_order="left"
        )
        placed = pl.concat([placed, fresh.select("unit", "factor")])
        left = tried.join(fresh.select("row"), on="row", how="anti", maintain_order="left")
    fostered = WEIGHTS["privately_fostered"]
    kinds = np.array(list(fostered))[
        rng.choice(len(fostered), placed.height, p=np.array(list(fostered.values())) / sum(fostered.values()))
    ]
    placed = placed.with_columns(factor=pl.when(pl.col("factor") == "8B").then(pl.Series(kinds)).otherwise("factor"))
    found = placed.join(
        with_some.select(pl.col("unit").cast(pl.Int64), "episode_id", "return_year"), on="unit", maintain_order="left"
    )
    rows = done.select("assessment_id", "episode_id", "return_year").join(
        found.select("episode_id", "return_year", "factor"),
        on=["episode_id", "return_year"],
        how="left",
        maintain_order="left",
    )
    rows = rows.select("assessment_id", pl.col("factor").fill_null(NONE_FOUND))
    return rows.sort("assessment_id", "factor")


def _mentions(groups: pl.DataFrame, wanted: pl.DataFrame, rng) -> pl.DataFrame:
    """A row for each episode that a factor is to be found in, of the codes that the year knows."""
    codes = spec.code_list("cin", "assessment_factor")
    columns = {f"p_factor_{code.code}": code.code for code in codes if f"p_factor_{code.code}" in wanted.columns}
    counted = pl.DataFrame(
        [(code.code, *code.years) for code in codes],
        schema={"factor": pl.String, "from": pl.Int32, "to": pl.Int32},
        orient="row",
    )
    shares = (
        long(wanted, columns, "factor")
        .join(counted, on="factor", maintain_order="left")
        .filter(
            pl.col("return_year").clip(2018) >= pl.col("from"), (pl.col("return_year") <= pl.col("to")).fill_null(True)
        )
    )
    rows = groups.join(shares.drop("from", "to"), on=["la_code", "return_year"], how="left", maintain_order="left")
    rows = rows.filter(pl.col("weight") > 0)
    rows = rows.with_columns(lot=pl.Series(rng.random(rows.height)))
    many = (pl.col("weight") / 100 * pl.col("size") + pl.col("lot")).floor().cast(pl.Int64)
    rows = rows.with_columns(many=pl.min_horizontal(many, "size")).drop("lot", "weight")
    return repeated(rows, "many").with_row_index("row")
