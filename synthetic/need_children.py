"""Who the children in need are: births, sex, ethnicity, disabilities, primary needs and reasons for closure."""

import numpy as np
import polars as pl

from synthetic import draw
from synthetic.need_days import last_day
from synthetic.need_episodes import WEIGHTS
from synthetic.need_lots import deal, long, settled, shared, take

YEAR = 365.25
NEEDS = [f"N{number}" for number in range(10)]
DISABLED_OF_N2 = 0.6  # of those whose primary need is a disability, those with a recorded one at least
GROWN = 0.25  # of children, those who may stay in need for some years beyond 18
EARLY_HELP = 0.35  # of those assessed as not in need, since there is a code for it
DISABLED_OF_OTHERS = 0.5  # of those who never stand in a stock, against those who do


def described(episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, care: pl.DataFrame, rng) -> pl.DataFrame:
    """The children of `episodes` who are not in `care` (its `children`), one row each, without disabilities.

    Columns: child_id, person_id, la_code, la_child_id, upn, birth_date, death_date, sex, ethnicity, first_baby_date,
    is_uasc, household_id. Nobody is referred after 18, and few stay in need beyond.
    """
    horizon = np.datetime64(f"{years[-1]}-03-31").astype("datetime64[D]").astype(int)
    new = episodes.filter(pl.col("is_new"))
    rows = (
        new.group_by("child_id", maintain_order=True)
        .agg(
            pl.col("la_code").first(),
            opened=pl.col("opened").first(),
            latest=pl.col("opened").last(),
            family=pl.col("family").first(),
            last=pl.max_horizontal(pl.col("closed").fill_null(horizon), "opened").max(),
            on_a_plan=pl.col("plan_id").is_not_null().any(),
        )
        .sort("child_id")
    )
    age = pl.Series(_ages(rows, rng))
    ethnicities = latest_shares(wanted, "p_ethnicity_", "ethnicity")
    rows = rows.with_columns(
        birth=(pl.col("opened") - (age * YEAR)).floor().cast(pl.Int32),
        sex=draw.assign(rows, _weights(wanted, WEIGHTS["sex"], "sex"), ["la_code"], "sex", rng),
        ethnicity=deal(rows, ethnicities, ["la_code"], "ethnicity", shared(rng.random(rows.height), rows["family"])),
    )
    person = (care["person_id"].max() or 0) + 1
    household = (care["household_id"].max() or 0) + 1
    return rows.select(
        "child_id",
        "la_code",
        "sex",
        "ethnicity",
        person_id=person + pl.int_range(pl.len(), dtype=pl.Int64),
        la_child_id=pl.lit(None, pl.String),
        upn=pl.lit(None, pl.String),
        birth_date=pl.col("birth").cast(pl.Date),
        death_date=pl.lit(None, pl.Date),
        first_baby_date=pl.lit(None, pl.Date),
        is_uasc=pl.lit(False),
        household_id=household + pl.col("family"),
    )


def latest_shares(wanted: pl.DataFrame, prefix: str, name: str) -> pl.DataFrame:
    """The columns of that prefix as la_code, `name`, weight: those of each authority's latest year."""
    latest = wanted.group_by("la_code", maintain_order=True).last()
    columns = {name: name.removeprefix(prefix) for name in wanted.columns if name.startswith(prefix)}
    return long(latest, columns, name).drop("return_year")


def _weights(wanted: pl.DataFrame, weights: dict[str, float], name: str) -> pl.DataFrame:
    parts = pl.DataFrame({name: list(weights), "weight": [float(weight) for weight in weights.values()]})
    return wanted.select(pl.col("la_code").unique(maintain_order=True)).join(parts, how="cross")


def _ages(rows: pl.DataFrame, rng) -> np.ndarray:
    """Years of age at the first referral, such that the last one comes before 18 and few episodes go on beyond it."""
    lots, grown = rng.random(rows.height), rng.random(rows.height) < GROWN
    referred, known = (((rows[day] - rows["opened"]) / YEAR).to_numpy() for day in ("latest", "last"))
    oldest = np.minimum(17.9 - referred, np.where(grown, 21.0, 17.9) - known)
    ages = np.empty(rows.height)
    for name, mask in (("others", ~rows["on_a_plan"].to_numpy()), ("on_a_plan", rows["on_a_plan"].to_numpy())):
        bands = np.array(WEIGHTS["age_at_referral"][name])
        edges = np.append(bands[:, 0], bands[-1, 1])
        heights = np.append(0, np.cumsum(bands[:, 2]))
        most = np.interp(np.maximum(oldest[mask], 0.05), edges, heights)
        ages[mask] = np.interp(lots[mask] * most, heights, edges)
    return ages


def stock(episodes: pl.DataFrame, years: range, key: str) -> pl.DataFrame:
    """What stands in need on each 31 March: key, la_code, return_year."""
    counted = episodes.filter(pl.col("kind").is_in(["in_need", "waiting"]))
    parts = [
        counted.filter(
            pl.col("opened") <= last_day(pl.lit(year)), (pl.col("closed") > last_day(pl.lit(year))).fill_null(True)
        ).select(pl.col(key).alias("key"), "la_code", return_year=pl.lit(year, pl.Int32))
        for year in years
    ]
    return pl.concat(parts)


def primary_needs(episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.Series:
    """A primary need for each episode, so that each stock has the published numbers; null where no further action."""
    shares = long(wanted, {f"p_need_{code}": code for code in NEEDS}, "primary_need")
    held = stock(episodes, years, "episode_id")
    from_care = episodes.filter(pl.col("need").is_not_null()).select(key="episode_id", primary_need="need")
    not_known = draw.share_out(
        held.group_by("la_code", "return_year", maintain_order=True).len("size"), shares, ["la_code", "return_year"]
    ).filter(primary_need="N0")
    waits = episodes.filter(kind="waiting").select("la_code", "episode_id", return_year="start_year")
    waits = waits.filter(draw.choose(waits, not_known, ["la_code", "return_year"], rng))
    known = pl.concat([from_care, waits.select(key="episode_id", primary_need=pl.lit("N0"))])
    found = settled(held, shares, "primary_need", known, rng)
    rows = episodes.select(
        "la_code", "kind", key="episode_id", return_year=pl.col("start_year").clip(years[0], years[-1])
    )
    rows = rows.join(found, on="key", how="left", maintain_order="left")
    stated = shares.filter(pl.col("primary_need") != "N0").rename({"primary_need": "other"})
    rows = rows.with_columns(other=draw.assign(rows, stated, ["la_code", "return_year"], "other", rng))
    need = pl.when(pl.col("kind") == "nfa").then(None).when(pl.col("kind") == "not_in_need").then(pl.lit("N0"))
    return rows.select(need=need.otherwise(pl.coalesce("primary_need", "other", pl.lit("N1"))))["need"]


def disabilities(children: pl.DataFrame, episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.Series:
    """Disability codes for each child (those already there are kept), so that each stock has the published share."""
    held = stock(episodes, years, "child_id").unique(["key", "return_year"], maintain_order=True)
    shares = pl.concat(
        [
            wanted.select("la_code", "return_year", is_disabled=pl.lit(True), weight=pl.col("p_disability") + 1e-6),
            wanted.select("la_code", "return_year", is_disabled=pl.lit(False), weight=100 - pl.col("p_disability")),
        ]
    )
    by_need = episodes.filter(primary_need="N2").select(key="child_id").unique(maintain_order=True)
    by_need = by_need.filter(pl.Series(rng.random(by_need.height)) < DISABLED_OF_N2)
    settled_before = children.filter(pl.col("disabilities").is_not_null()).select(
        key="child_id", is_disabled=pl.col("disabilities").list.len() > 0
    )
    by_need = by_need.filter(~pl.col("key").is_in(settled_before["key"].implode()))
    known = pl.concat([settled_before, by_need.select("key", is_disabled=pl.lit(True))])
    found = settled(held, shares, "is_disabled", known, rng)
    rows = children.select("disabilities", key="child_id").join(found, on="key", how="left", maintain_order="left")
    share = DISABLED_OF_OTHERS * (wanted["p_disability"].mean() or 0) / 100
    rows = rows.with_columns(pl.col("is_disabled").fill_null(pl.Series(rng.random(rows.height)) < share))
    rows = rows.with_row_index("row")
    new = rows.filter(pl.col("disabilities").is_null(), "is_disabled").select("row")
    lots = rng.random((new.height, len(WEIGHTS["disability"])))
    has = [
        pl.when(pl.Series(lots[:, place] < percent / 100)).then(pl.lit(code))
        for place, (code, percent) in enumerate(WEIGHTS["disability"].items())
    ]
    drawn = pl.concat_list(has).list.drop_nulls()
    new = new.with_columns(drawn=pl.when(drawn.list.len() > 0).then(drawn).otherwise(pl.concat_list(pl.lit("AUT"))))
    rows = rows.join(new, on="row", how="left", maintain_order="left")
    return rows.select(codes=pl.coalesce("disabilities", "drawn", pl.lit([], pl.List(pl.String))))["codes"]


def closure_reasons(episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.Series:
    """Why each episode closed, in the published numbers as far as care has not settled them and ages allow.

    `episodes` has `age_at_end` (years, null: open), `is_last` (of its child) and `closure_reason` (settled by care).
    """
    codes = [f"RC{number}" for number in range(1, 8)]
    shares = long(wanted, {f"p_closed_{code}": code for code in codes}, "code")
    rows = episodes.select(
        *("kind", "la_code", "closure_reason", "age_at_end", "is_last", "care_key"), return_year="end_year"
    ).with_row_index("row")
    ends = rows.filter(kind="in_need").filter(pl.col("return_year").is_not_null())
    by = ["la_code", "return_year"]
    target = draw.share_out(ends.group_by(by, maintain_order=True).len("size"), shares, by)
    have = ends.group_by(*by, code="closure_reason", maintain_order=True).len("have").drop_nulls()
    want = target.join(have, on=[*by, "code"], how="left", maintain_order="left").with_columns(
        size=(pl.col("size") - pl.col("have").fill_null(0)).clip(0)
    )
    young, grown = pl.col("age_at_end") < 11, pl.col("age_at_end") > 17
    alone = pl.col("care_key").is_null()
    fits = {"RC6": grown, "RC2": alone & pl.col("is_last"), "RC1": alone & young & pl.col("is_last"), "RC5": ~grown}
    fits |= {"RC4": alone & ~grown, "RC3": alone & ~grown}
    preset = ends.filter(pl.col("closure_reason").is_not_null()).rename({"closure_reason": "code"})
    kept = take(preset, target, [*by, "code"], pl.Series(rng.random(preset.height))) | preset["code"].is_in(
        ["RC1", "RC2"]
    )
    drawn = [preset.select("row", code=pl.when(kept).then("code").otherwise(pl.lit("RC7")))]
    left = ends.filter(pl.col("closure_reason").is_null())
    for code, fit in fits.items():
        could = left.filter(fit)
        chosen = could.filter(draw.choose(could, want.filter(code=code), by, rng)).select("row", code=pl.lit(code))
        drawn.append(chosen)
        left = left.join(chosen, on="row", how="anti", maintain_order="left")
    drawn.append(left.select("row", code=pl.lit("RC7")))
    not_in_need = rows.filter(pl.col("kind").is_in(["not_in_need", "waiting"]))
    early_help = (pl.col("return_year") >= 2023) & (pl.Series(rng.random(not_in_need.height)) < EARLY_HELP)
    drawn.append(not_in_need.select("row", code=pl.when(early_help).then(pl.lit("RC9")).otherwise(pl.lit("RC8"))))
    return rows.select("row").join(pl.concat(drawn), on="row", how="left", maintain_order="left")["code"]
