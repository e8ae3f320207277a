"""What the returns of plans and of workers would count of the lives, for the comparison with published figures.

By the definitions of the measures S01 to S36 and W01 to W18; a return year is that of the census day (plans, whose
flows are of the calendar year before) or of the 30 September (workers).
"""

from collections.abc import Sequence

import polars as pl

from synthetic import send_details, send_stock

WHERE = ["la_code", "return_year"]
WORKING_DAYS = {2020: 254, 2024: 254}  # of a year in the absence rate; 253 in others
PLACEMENTS = {
    "M": "Mainstream school",
    "S": "Special school",
    "P": "Alternative provision",
    "F": "Further education",
}
OTHER_PLACEMENTS = {
    "EY": "Early years",
    "NEET": "Not in education or training",
    "NIEC": "Not in education or training",
    "NIEO": "Not in education or training",
    "NONE": "Not recorded",
} | dict.fromkeys(["EHE", "OLA", "OPA", "OTH", "EO", "EX", "EW"], "Educated elsewhere")
ETHNIC_GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "C": "Asian", "B": "Black", "O": "Other"}


def counts(lives: dict[str, pl.DataFrame], years: Sequence[int]) -> pl.DataFrame:
    """measure_id, la_code, return_year, breakdown, breakdown_value, numerator, denominator (null of counts)."""
    return pl.concat([_plans(lives, years), _requests(lives, years), _workforce(lives)])


def _count(
    measure_id: str,
    rows: pl.DataFrame,
    numerator: pl.Expr | None = None,
    denominator: pl.Expr | None = None,
    by: str | None = None,
) -> pl.DataFrame:
    """A measure's rows: the sums by authority and year, and by a column if `by` one."""
    rows = rows.with_columns(value=pl.lit("all") if by is None else pl.col(by)).filter(pl.col("value").is_not_null())
    none = pl.lit(None, pl.Float64)
    return (
        rows.group_by(*WHERE, "value", maintain_order=True)
        .agg(
            numerator=pl.len().cast(pl.Float64) if numerator is None else numerator.cast(pl.Float64).sum(),
            denominator=none if denominator is None else denominator.cast(pl.Float64).sum(),
        )
        .select(
            pl.lit(measure_id).alias("measure_id"),
            *WHERE,
            breakdown=pl.lit(by or "all"),
            breakdown_value="value",
            numerator="numerator",
            denominator="denominator",
        )
    )


def _plans(lives: dict[str, pl.DataFrame], years: Sequence[int]) -> pl.DataFrame:
    census = send_details.census_days(range(years[0], years[-1] + 1))
    of_child = lives["children"].select("child_id", "birth_date", "sex", "ethnicity")
    plans = lives["ehc_plans"].join(of_child, on="child_id", how="left", maintain_order="left")
    every = plans.join(census, how="cross", maintain_order="left")
    stock = every.filter(send_details.in_force(pl.col("census_date"))).with_columns(
        age_band=_age_group(send_stock.age_in(pl.col("return_year"))),
        sen_type="need",
        ethnicity=pl.when(pl.col("ethnicity").is_in(["NOBT", "REFU"]))
        .then(pl.lit("Unknown"))
        .otherwise(pl.col("ethnicity").str.head(1).replace_strict(ETHNIC_GROUPS, default="Unknown")),
        has_budget=pl.col("direct_payment").is_not_null() | pl.col("is_organised"),
        is_expected=pl.col("start_date") < pl.col("census_date").dt.offset_by("-12mo"),
    )
    now = lives["ehc_placements"].select(
        "plan_id", "setting", "residential", "work_based", entered="start_date", left="end_date"
    )
    now = stock.select("plan_id", *WHERE, "census_date").join(now, on="plan_id", maintain_order="left")
    day = pl.col("census_date")
    now = now.filter(pl.col("entered") <= day, pl.col("left").is_null() | (pl.col("left") >= day))
    now = now.with_columns(
        placement=pl.coalesce(
            pl.col("setting").replace_strict(OTHER_PLACEMENTS, default=None),
            pl.col("setting").str.head(1).replace_strict(PLACEMENTS, default=None),
        )
    )
    held = stock.filter("is_expected").join(
        lives["ehc_reviews"].select("plan_id", "meeting_date"), on="plan_id", maintain_order="left"
    )
    held = held.filter(pl.col("meeting_date") <= day).unique(["plan_id", "return_year"], maintain_order=True)
    first = census["return_year"].min()
    new = _in_calendar_year(plans.filter(pl.col("came_from").is_null()), "start_date", first)
    ceased = _in_calendar_year(plans, "cease_date", first)
    return pl.concat(
        [
            _count("S01", stock),
            *(_count("S01", stock, by=name) for name in ("age_band", "sex", "ethnicity")),
            _count("S22", stock, by="sen_type"),
            _count("S24", now, by="placement"),
            *(_count(name, now, by=by) for name, by in (("S27", "residential"), ("S28", "work_based"))),
            _count("S29", stock, pl.col("is_expected")),
            _count("S30", held),
            _count("S34", stock, pl.col("has_budget")),
            _count("S03", new),
            _count("S35", ceased),
            _count("S35", ceased, by="cease_reason"),
        ]
    )


def _age_group(age: pl.Expr) -> pl.Expr:
    names = {0: "under 5", 5: "5 to 10", 11: "11 to 15", 16: "16 to 19", 20: "20 to 25", 26: "over 25"}
    return send_stock.band_of(age).replace_strict(names, return_dtype=pl.String)


def _in_calendar_year(rows: pl.DataFrame, day: str, first: int) -> pl.DataFrame:
    """What happened in a calendar year, with the `return_year` of the census after it, from the first one asked for."""
    rows = rows.filter(pl.col(day).is_not_null()).with_columns(return_year=(pl.col(day).dt.year() + 1).cast(pl.Int32))
    return rows.filter(pl.col("return_year") >= first)


def _requests(lives: dict[str, pl.DataFrame], years: Sequence[int]) -> pl.DataFrame:
    census = send_details.census_days(range(years[0], years[-1] + 1))
    made = _in_calendar_year(lives["ehc_requests"], "received_date", years[0])
    made = made.join(census, on="return_year", maintain_order="left")
    known = pl.col("decision_date") <= pl.col("census_date")
    outcome = pl.when(pl.col("outcome").is_in(["Y", "N"]) & ~known).then(pl.lit("A")).otherwise("outcome")
    made = made.with_columns(outcome=outcome, days=(pl.col("decision_date") - pl.col("received_date")).dt.total_days())
    decided = pl.col("outcome").is_in(["Y", "N"])
    done = _in_calendar_year(lives["ehc_requests"], "assessment_date", years[0])
    done = done.with_columns(days=(pl.col("assessment_date") - pl.col("received_date")).dt.total_days())
    flags = ["request_mediation", "request_tribunal", "other_mediation", "other_tribunal"]
    issued = done.filter(pl.col("assessment_outcome") == "Y")
    timed = issued.filter(~pl.any_horizontal(flags))
    in_time = pl.col("days") <= 140
    return pl.concat(
        [
            _count("S04", made),
            *(
                _count(name, made, pl.col("outcome") == code)
                for name, code in (("S05", "Y"), ("S06", "N"), ("S07", "A"))
            ),
            _count("S09", made.filter(decided), pl.col("days") <= 42, pl.col("days").is_not_null()),
            _count("S14", issued),
            _count("S15", done.filter(pl.col("assessment_outcome") == "N")),
            _count("S17", timed, in_time, pl.col("days").is_not_null()),
            _count("S18", timed.filter(~pl.col("is_exception")), in_time, pl.col("days").is_not_null()),
        ]
    )


def _workforce(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    posts = lives["worker_posts"].select("post_id", "start_date", "first_year")
    rows = lives["worker_years"].join(posts, on="post_id", how="left", maintain_order="left")
    own, agency, left = (pl.col("kind") == kind for kind in ("in_post", "agency", "leaver"))
    began = pl.col("start_date").is_between(
        pl.date(pl.col("return_year") - 1, 10, 1), pl.date(pl.col("return_year"), 9, 30)
    )
    fte, holds = pl.col("fte"), pl.col("cases") > 0
    days = pl.col("return_year").replace_strict(WORKING_DAYS, default=253)
    vacant = lives["workforce"].select(*WHERE, "vacancies_fte", "agency_cover_fte")
    sums = rows.group_by(WHERE, maintain_order=True).agg(fte=fte.filter(own).sum())
    vacant = vacant.join(sums, on=WHERE, how="left", maintain_order="left")
    vacancies = pl.col("vacancies_fte")
    return pl.concat(
        [
            _count("W01", rows, pl.when(own).then(fte)),
            _count("W02", rows, own),
            _count("W03", rows.filter(own), began & (pl.col("first_year") == pl.col("return_year"))),
            _count("W04", rows, left),
            _count("W05", rows, pl.when(left).then("fte_before")),
            _count("W06", rows, pl.when(left).then("fte_before"), pl.when(own).then(fte)),
            _count("W07", rows, agency),
            _count("W08", rows, pl.when(agency).then(fte), fte),
            _count("W09", vacant, vacancies),
            _count("W10", vacant, vacancies, vacancies + pl.col("fte")),
            _count("W11", vacant, pl.col("agency_cover_fte")),
            _count("W14", rows, pl.col("cases")),
            _count("W15", rows, pl.when(holds).then(fte)),
            _count("W16", rows, pl.col("cases"), pl.when(holds).then(fte)),
            _count("W17", rows, pl.col("working_days_lost")),
            _count("W18", rows, pl.col("working_days_lost"), pl.when(own).then(fte * days)),
        ]
    )
