"""What lives in care ask of lives in need: an episode of need around every time in care."""

import numpy as np
import polars as pl

from synthetic import draw
from synthetic.need_days import last_day, return_year

GAP = 365  # days between two times in care that make two episodes of need
REASONS = {  # of closure, by why care ended
    **{"E11": "RC1", "E12": "RC1", "E2": "RC2", "E41": "RC3", "E3": "RC5", "E7": "RC6"},
    **dict.fromkeys(["E43", "E44", "E45", "E46", "E47", "E48"], "RC4"),
}


def spells(care: dict[str, pl.DataFrame], la_codes: list[str], rng: np.random.Generator) -> pl.DataFrame:
    """Times in care with less than a year between them as one spell, and the referral before it.

    Columns: key, child_id, la_code, opened (day of the referral), care_start, care_end (days, null: still in care),
    closure_reason (null where care does not say it), is_last (of the child), need, is_uasc, is_short_breaks, birth,
    not_before (earliest day of a referral: the one before has closed by then).
    """
    periods = care["periods"].filter(pl.col("la_code").is_in(la_codes)).sort("child_id", "start_date", "period_id")
    start, end = pl.col("start_date").cast(pl.Int32), pl.col("end_date").cast(pl.Int32)
    gap = start - end.shift(1).over("child_id") >= GAP
    rows = periods.with_columns(spell=gap.fill_null(False).cum_sum().over("child_id"), start=start, end=end)
    rows = rows.group_by("child_id", "spell", maintain_order=True).agg(
        pl.col("la_code").first(),
        care_start=pl.col("start").min(),
        care_end=pl.when(pl.col("end").is_null().any()).then(None).otherwise(pl.col("end").max()),
        reason_ceased=pl.col("reason_ceased").last(),
        need=pl.col("need").first(),
        is_short_breaks=pl.col("is_short_breaks").all(),
    )
    about = care["children"].select("child_id", "household_id", "is_uasc", birth=pl.col("birth_date").cast(pl.Int32))
    rows = rows.join(about, on="child_id", maintain_order="left").with_row_index("key")
    rows = rows.with_columns(
        pl.col("key").cast(pl.Int64),
        kin=pl.col("household_id").fill_null(-pl.col("child_id")),
        is_last=pl.col("spell") == pl.col("spell").max().over("child_id"),
        is_uasc=pl.col("is_uasc").fill_null(False),
    )
    rows = rows.with_columns(soon=pl.Series(rng.random(rows.height)), long=pl.Series(rng.random(rows.height)))
    rows = rows.with_columns(pl.col("soon", "long").first().over("kin", "care_start"))
    lag = pl.when("is_uasc").then(3 * pl.col("long")).when(pl.col("soon") < 0.5).then(25 * pl.col("long"))
    lag = lag.otherwise(25 + 250 * pl.col("long") ** 2).floor()
    opened = pl.max_horizontal(pl.col("care_start") - lag.cast(pl.Int32), pl.col("birth") - 120)
    opened = pl.min_horizontal(opened, "care_start")
    earlier = pl.col("care_end").shift(1).over("child_id") + 30  # a later spell begins when the one before is closed
    opened = pl.max_horizontal(opened, earlier.fill_null(-99_999))
    reason = pl.col("reason_ceased").replace_strict(REASONS, default=None, return_dtype=pl.String)
    reason = pl.when("is_last", pl.col("care_end").is_not_null()).then(reason)
    rows = rows.with_columns(not_before=earlier)
    return rows.with_columns(opened=opened.cast(pl.Int32), closure_reason=reason).drop("soon", "long", "kin", "spell")


def with_plans(
    care: pl.DataFrame, plans: pl.DataFrame, years: range, share: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lets some children come into care from a child protection plan that then ends.

    Gives the spells with `plan_id` and `clock` (day on which the plan's enquiry began) and the plans with `care_key`
    and their new ends.
    """
    age = pl.col("care_start") - pl.col("birth")
    fit = ~pl.col("is_uasc") & ~pl.col("is_short_breaks") & (age > 30) & (age < 15 * 365)
    starts = care.filter(fit, return_year(pl.col("care_start")).is_in(list(years))).select(
        *("la_code", "key", "care_start", "birth", "not_before"), end_year=return_year(pl.col("care_start"))
    )
    starts = starts.filter(pl.Series(rng.random(starts.height)) < share).sort("care_start", "key")
    ends = plans.filter(pl.col("end_year").is_in(list(years)), ~pl.col("is_transfer"))
    many = starts.group_by("la_code", "end_year", maintain_order=True).len("size")
    ends = ends.filter(draw.choose(ends, many, ["la_code", "end_year"], rng)).sort("closed", "plan_id")
    turn = pl.int_range(pl.len()).over("la_code", "end_year")
    pairs = ends.with_columns(turn=turn).join(
        starts.with_columns(turn=turn), on=["la_code", "end_year", "turn"], maintain_order="left"
    )
    pairs = pairs.filter(
        pl.col("care_start") > pl.col("opened") + 20,
        pl.col("opened") > pl.col("birth") - 90,
        pl.col("clock") > pl.col("birth") - 150,
        (pl.col("clock") > pl.col("not_before") + 5).fill_null(True),
    )
    pairs = pairs.with_columns(
        ended=pl.min_horizontal(
            pl.col("care_start") + pl.Series(rng.integers(0, 10, pairs.height)), last_day(pl.col("end_year"))
        )
    )
    pairs = pairs.select("plan_id", "key", "clock", "ended")
    care = care.join(pairs.drop("ended"), on="key", how="left", maintain_order="left")
    pairs = pairs.select("plan_id", care_key="key", ended="ended")
    plans = plans.join(pairs, on="plan_id", how="left", maintain_order="left")
    return care, plans.with_columns(closed=pl.coalesce("ended", "closed").cast(pl.Int32)).drop("ended")
