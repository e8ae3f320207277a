"""What a workforce census counts of each post: role, hours, cases, sickness; and what it asks of the authority."""

import numpy as np
import polars as pl

from synthetic import draw, fit

BY = ["la_code", "return_year"]
PART_TIME = 0.6  # full-time equivalent of a usual part-time post
CASES_FIRST = {"agency": 0, "5": 0, "4": 1, "3": 2, "6": 3, "2": 4, "1": 5}  # who holds the cases, in this order
NEVER_ILL = 0.4
ABSENT = {None: 95.5, "MAT": 2.2, "SIC": 1.6, "OTH": 0.4, "UNP": 0.3}  # on 30 September; own guess
SALARY = {"1": 85_000, "2": 68_000, "3": 56_000, "4": 50_000, "5": 44_000, "6": 43_000}  # own guess, in pounds
PAY_ITEMS = ["recruitment_bonus", "retention_bonus", "performance_award", "car_allowance", "relocation_package"]
PAY_ITEMS += ["regional_weighting", "cost_swe", "cost_dbs"]


def years(posts: pl.DataFrame, wanted: pl.DataFrame, mix: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row for each post and year that a census tells of it; columns as `workforce.live` says of worker_years."""
    every = wanted.select("return_year").unique().sort("return_year")
    rows = posts.join(every, how="cross", maintain_order="left")
    stands = pl.col("first_year") <= pl.col("return_year")
    stands &= pl.col("last_year").is_null() | (pl.col("return_year") <= pl.col("last_year"))
    left = pl.col("end_date").is_not_null() & ~pl.col("is_agency") & (pl.col("return_year") == pl.col("last_year") + 1)
    kind = pl.when(left).then(pl.lit("leaver")).when("is_agency").then(pl.lit("agency")).otherwise(pl.lit("in_post"))
    rows = rows.with_columns(kind=kind).filter(stands | left).sort(*BY, "post_id")
    rows = _with_hours(_with_roles(rows, mix, seed), wanted)
    rows = _with_cases(rows, wanted, seed)
    rows = _with_sickness(rows, wanted, seed)
    rng = draw.generator(seed, "workforce", "salaries")
    pay = pl.col("org_role").replace_strict(SALARY, default=None, return_dtype=pl.Float64)
    spread = pl.Series(rng.normal(1, 0.06, rows.height))
    return rows.select(
        *("post_id", *BY, "kind", "org_role", "fte", "fte_before", "cases", "working_days_lost", "absence_reason"),
        contract_weeks=pl.when("is_agency").then("contract_weeks"),
        base_salary=(pay * spread * pl.col("fte") / 100).round() * 100,
    )


def _with_roles(rows: pl.DataFrame, mix: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`org_role` of all but agency workers, in the mix that was published, the more senior workers higher up."""
    rng = draw.generator(seed, "workforce", "roles")
    own = rows.filter(~pl.col("is_agency"))
    own = own.with_columns(
        senior=pl.col("senior_lot") * 12
        + (pl.col("return_year") - pl.col("start_date").dt.year()) * 0.7
        + pl.Series(rng.random(own.height)) * 0.1
    )
    roles = fit.long(mix, "n_role_", ["la_code"], "org_role")
    roles = own.select(BY).unique(maintain_order=True).join(roles, on="la_code", maintain_order="left")
    counts = draw.share_out(own.group_by(BY, maintain_order=True).len("size"), roles.sort(*BY, "org_role"), BY)
    # the most senior come first; who is left without a place in roles 1 to 4 comes by whether they hold cases
    spans = counts.with_columns(last=pl.col("size").cum_sum().over(BY), is_high=pl.col("org_role") <= "4")
    high = spans.filter("is_high").group_by(BY, maintain_order=True).agg(high=pl.col("size").sum())
    own = own.join(high, on=BY, how="left", maintain_order="left").with_columns(
        turn=pl.struct(-pl.col("senior"), "post_id").rank("ordinal").over(BY).cast(pl.Int64)
    )
    order = pl.when(pl.col("turn") <= pl.col("high")).then(pl.col("turn").cast(pl.Float64))
    own = own.with_columns(order=order.otherwise(pl.col("high") + pl.col("cases_lot")))
    own = own.with_columns(turn=pl.struct("order", "post_id").rank("ordinal").over(BY).cast(pl.Int64))
    filled = spans.filter(pl.col("size") > 0).select(*BY, "org_role", turn="last").sort("turn")
    own = own.sort("turn", "post_id").join_asof(filled, on="turn", by=BY, strategy="forward", check_sortedness=False)
    return rows.join(
        own.select("post_id", "return_year", "org_role"),
        on=["post_id", "return_year"],
        how="left",
        maintain_order="left",
    )


def _with_hours(rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """`fte` on 30 September (0 of those who have left), which adds up to what was published, and `fte_before`."""
    totals = pl.concat(
        [
            wanted.select(*BY, kind=pl.lit("in_post"), heads="n_in_post", total="x_in_post_fte"),
            wanted.select(*BY, kind=pl.lit("agency"), heads="n_agency", total="x_agency_fte"),
        ]
    )
    keys = [*BY, "kind"]
    starts = pl.col("start_date").dt.year() >= pl.col("return_year") - 1  # new workers are full-time more often
    rows = rows.join(totals, on=keys, how="left", maintain_order="left").with_columns(
        missing=(pl.col("heads") - pl.col("total")).clip(0),
        turn=pl.struct(pl.col("hours_lot") + 0.4 * starts.cast(pl.Float64), "post_id")
        .rank("ordinal")
        .over(keys)
        .cast(pl.Int64),
    )
    usual = 1 - PART_TIME
    rows = rows.with_columns(part=(pl.col("missing") / usual).ceil().clip(upper_bound=pl.col("heads")))
    each = pl.col("missing") / pl.col("part")
    # two and two: one works a little more than the other
    paired = (pl.col("turn") + pl.col("turn") % 2) <= pl.col("part")
    more = (
        pl.when(paired)
        .then((1 - 2 * (pl.col("turn") % 2)) * each.clip(upper_bound=1 - each).clip(upper_bound=0.2))
        .otherwise(0)
    )
    fte = pl.when(pl.col("kind") == "leaver").then(0.0).when(pl.col("turn") <= pl.col("part")).then(1 - each + more)
    rows = rows.with_columns(fte=fte.otherwise(1.0).round(2))
    before = rows.select("post_id", pl.col("return_year") + 1, fte_before="fte")
    rows = rows.join(before, on=["post_id", "return_year"], how="left", maintain_order="left")
    return rows.with_columns(pl.col("fte_before").fill_null(0.0)).drop("heads", "total", "missing", "turn", "part")


def _with_cases(rows: pl.DataFrame, wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`cases` on 30 September: as many as published, held by as many full-time equivalents as published."""
    rng = draw.generator(seed, "workforce", "cases")
    first = pl.col("org_role").fill_null("agency").replace_strict(CASES_FIRST, return_dtype=pl.Int64)
    lots = rows.with_columns(first=first).filter(pl.col("kind") != "leaver").sort(*BY, "first", "cases_lot", "post_id")
    lots = lots.join(wanted.select(*BY, "n_cases", "x_case_holders_fte"), on=BY, how="left", maintain_order="left")
    held = pl.col("fte").cum_sum().over(BY) - pl.col("fte") / 2
    lots = lots.with_columns(turn=pl.int_range(1, pl.len() + 1).over(BY), held=held)
    holders = lots.filter(pl.col("held") <= pl.col("x_case_holders_fte"), pl.col("turn") <= pl.col("n_cases"))
    size = holders.group_by(BY, maintain_order=True).agg(size=pl.col("n_cases").first() - pl.len())
    weights = holders.select(*BY, "post_id", weight=pl.col("fte") * pl.Series(0.4 + rng.gamma(6, 0.1, holders.height)))
    more = draw.share_out(size, weights, BY)
    found = more.select("post_id", "return_year", cases=pl.col("size") + 1)
    rows = rows.join(found, on=["post_id", "return_year"], how="left", maintain_order="left")
    return rows.with_columns(cases=pl.when(pl.col("kind") != "leaver").then(pl.col("cases").fill_null(0)))


def _with_sickness(rows: pl.DataFrame, wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`working_days_lost` in the year, in half days that add up to what was published; `absence_reason`."""
    rng = draw.generator(seed, "workforce", "sickness")
    own = rows.filter(pl.col("kind") == "in_post").select("post_id", *BY, "fte")
    ill = rng.gamma(0.5, 1.0, own.height) * (rng.random(own.height) > NEVER_ILL)
    halves = wanted.select(*BY, size=(pl.col("x_days_lost") * 2).round().cast(pl.Int64))
    lost = draw.share_out(halves, own.with_columns(weight=pl.col("fte") * pl.Series(ill + 1e-9)), BY)
    found = lost.select("post_id", "return_year", lost=pl.col("size") / 2)
    rows = rows.join(found, on=["post_id", "return_year"], how="left", maintain_order="left")
    weights = np.array(list(ABSENT.values()))
    reasons = pl.Series([*ABSENT], dtype=pl.String)[rng.choice(len(ABSENT), rows.height, p=weights / weights.sum())]
    return rows.with_columns(
        working_days_lost=pl.when(~pl.col("is_agency")).then(pl.col("lost").fill_null(0.0)),
        absence_reason=pl.when(pl.col("kind") == "in_post").then(reasons),
    ).drop("lost")


def of_authorities(wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """What the census asks of the authority itself, of those that have workers."""
    rng = draw.generator(seed, "workforce", "authorities")
    rows = wanted.filter(pl.col("n_in_post") > 0).sort(BY)
    items = {item: pl.Series(rng.choice(["0", "1", "2"], rows.height, p=[0.4, 0.3, 0.3])) for item in PAY_ITEMS}
    return rows.select(
        *BY,
        vacancies_fte=pl.col("x_vacancies_fte").round(2),
        agency_cover_fte=pl.col("x_agency_cover_fte").round(2),
        agency_cover_headcount=pl.col("x_agency_cover_fte").ceil().cast(pl.Int64),
        **items,
    )
