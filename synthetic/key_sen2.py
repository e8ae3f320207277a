"""The answer key's counts of the SEN2 census: from lives with special needs, by the definitions of the measures.

The stock is that of the census day in January, the flows are those of the calendar year before. Everything is counted
as it was known on the census day.
"""

import polars as pl

from synthetic import send_details
from synthetic.key_counts import WHERE, WHO, age, band, count, group_of, with_children

# the third Thursday of January
CENSUS = pl.date(pl.col("return_year"), 1, 15) + pl.duration(
    days=(11 - pl.date(pl.col("return_year"), 1, 15).dt.weekday().cast(pl.Int64)) % 7
)
AGE_BANDS = [(4, "under 5"), (10, "5 to 10"), (15, "11 to 15"), (19, "16 to 19")]
WEEKS_OPEN = [(5, "under 6 weeks"), (19, "6 to under 20 weeks"), (51, "20 to under 52 weeks")]
CODE = {"EY": "EYP", "EO": "OTH", "EX": "OTH", "EW": "OTH"}  # of settings that SEN2 calls otherwise
DECISION_DAYS, REFUSAL_DAYS, ISSUE_DAYS, YEAR_DAYS = 42, 112, 140, 364
EVERY = pl.lit(1)
SOURCES_SINCE = 2025
OUTCOMES = {"S05": "Y", "S06": "N", "S07": "A", "S08": "W"}
FLAGS = {  # of a concluded assessment
    "S21": "assessment_mediation",
    "S21-T": "assessment_tribunal",
    "S21-OM": "other_mediation",
    "S21-OT": "other_tribunal",
}


def counts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """Numerators and denominators of what the census counts, for the returns in `sent`; columns as in `key_cin`."""
    sent = sent.with_columns(census=CENSUS)
    requests = _requests(lives, sent)
    plans = _plans(lives, sent)
    placed = _placed(plans.filter("is_in_force"), lives)
    themes = [
        *_received(requests, sent),
        *_assessed(requests, sent),
        *_in_force(placed, sent),
        *_begun_and_ceased(plans, sent),
        *_reviewed(placed, lives, sent),
    ]
    return pl.concat(themes)


def _described(things: pl.DataFrame, lives: dict[str, pl.DataFrame], day: pl.Expr) -> pl.DataFrame:
    """Things with sex and ethnic group of their child, and the age band on a day."""
    return with_children(things, lives["children"]).with_columns(
        sex=pl.col("sex").fill_null("U"),
        age_band=_age_band(day),
        ethnicity=group_of("ethnicity", "group_ethnicity", "ethnicity_group", "Unknown"),
    )


def _age_band(day: pl.Expr) -> pl.Expr:
    return band(age(day), AGE_BANDS, "20 and over", "unknown")


def _is_in_year(day: str) -> pl.Expr:
    """Whether a day lies in the calendar year before the census."""
    return (pl.col(day).dt.year() == pl.col("return_year") - 1).fill_null(value=False)


def _requests(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """A row for each request and later return, with what was known of it on the census day."""
    every = lives["ehc_requests"].join(sent, on="la_code", maintain_order="left")
    every = every.filter(pl.col("received_date").dt.year() < pl.col("return_year"))
    later = {
        name: pl.col(name).is_in(["Y", "N"]) & (pl.col(day) > pl.col("census"))
        for name, day in (("outcome", "decision_date"), ("assessment_outcome", "assessment_date"))
    }
    every = every.with_columns(
        pl.when(is_later).then(pl.lit("A")).otherwise(name).alias(name) for name, is_later in later.items()
    )
    agreed = pl.col("outcome") == "Y"
    return _described(every, lives, pl.col("received_date")).with_columns(
        assessment_outcome=pl.when(agreed).then("assessment_outcome"),
        is_decided=pl.col("outcome").is_in(["Y", "N"]),
        days=(pl.col("decision_date") - pl.col("received_date")).dt.total_days(),
        days_open=(pl.col("census") - pl.col("received_date")).dt.total_days(),
    )


def _received(requests: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    made = requests.filter(_is_in_year("received_date"))
    outcome, decided = pl.col("outcome"), pl.col("is_decided")
    mediation, tribunal = (decided & pl.col(f"request_{name}") for name in ("mediation", "tribunal"))
    due = decided | ((outcome == "A") & (pl.col("days_open") > DECISION_DAYS))
    is_open = ~pl.col("is_exported") & ((outcome == "A") | (pl.col("assessment_outcome") == "A").fill_null(value=False))
    waiting = requests.filter(is_open).with_columns(
        weeks_open=band(pl.col("days_open") // 7, WEEKS_OPEN, "52 weeks or more", "Unknown")
    )
    known = made.filter(pl.col("source").is_not_null(), pl.col("return_year") >= SOURCES_SINCE)
    return [
        count("S04", made, sent, WHO),
        *(count(name, made, sent, WHO, outcome == code, EVERY) for name, code in OUTCOMES.items()),
        count("S09", made, sent, WHO, decided & (pl.col("days") <= DECISION_DAYS), due),
        count("S10", made, sent, WHO, pl.col("is_rya"), EVERY),
        count("requests of known source", known.with_columns(request_source="source"), sent, ["request_source"]),
        count("S12", made, sent, WHO, mediation, EVERY),
        count("S12-T", made, sent, WHO, tribunal, EVERY),
        count("S12-B", made, sent, WHO, mediation & tribunal, EVERY),
        count("S37", waiting, sent, [*WHO, "weeks_open"]),
    ]


def _assessed(requests: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    outcome, days = pl.col("assessment_outcome"), pl.col("days")
    done = requests.filter(outcome.is_in(["Y", "N"]), _is_in_year("assessment_date")).with_columns(
        days=(pl.col("assessment_date") - pl.col("received_date")).dt.total_days()
    )
    disputes = ["request_mediation", "request_tribunal", "assessment_mediation", "assessment_tribunal"]
    refused = done.filter(outcome == "N")
    issued = done.filter(outcome == "Y", ~pl.any_horizontal(disputes))
    usual = issued.filter(~pl.col("is_exception"))
    late = (days > ISSUE_DAYS) & (days <= YEAR_DAYS)
    return [
        count("S13", done, sent, WHO),
        count("S14", done, sent, WHO, outcome == "Y", EVERY),
        count("S15", done, sent, WHO, outcome == "N", EVERY),
        count("S16", refused, sent, WHO, days <= REFUSAL_DAYS, EVERY),
        count("S17", issued, sent, WHO, days <= ISSUE_DAYS, EVERY),
        count("S18", usual, sent, WHO, days <= ISSUE_DAYS, EVERY),
        count("S19", issued, sent, WHO, late, EVERY),
        count("S19-O", issued, sent, WHO, days > YEAR_DAYS, EVERY),
        count("S20", issued, sent, [], days / 7, EVERY),
        *(count(name, done, sent, WHO, pl.col(flag), EVERY) for name, flag in FLAGS.items()),
    ]


def _plans(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """A row for each plan and return that may tell of it."""
    plans = lives["ehc_plans"].join(sent, on="la_code", maintain_order="left")
    plans = plans.filter(pl.col("since") <= pl.col("census"))
    plans = plans.filter(pl.col("cease_date").is_null() | (pl.col("cease_date").dt.year() >= pl.col("return_year") - 1))
    plans = _described(plans, lives, pl.date(pl.col("return_year") - 1, 8, 31))
    is_in_force = pl.col("cease_date").is_null() | (pl.col("cease_date") >= pl.col("census"))
    need = group_of("need", "group_sen2__need", "need_group", "Not recorded")
    return plans.with_columns(
        is_in_force=is_in_force,
        primary_need=pl.when(is_in_force).then(need).otherwise(pl.lit("Not recorded")),
        age_on_31_august=age(pl.date(pl.col("return_year") - 1, 8, 31)),
    )


def _placed(plans: pl.DataFrame, lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Plans in force with where their child is taught on the census day, and the establishment that they name."""
    numbers = lives["establishments"].select("establishment_id", "urn", "ukprn")
    stays = lives["ehc_placements"].filter(pl.col("setting") != "NONE")
    stays = stays.join(numbers, on="establishment_id", how="left", maintain_order="left").rename(
        {"start_date": "entered", "end_date": "left"}
    )
    about = ["setting", "urn", "ukprn", "residential", "work_based"]
    now = plans.select("plan_id", "return_year", "census").join(
        stays.select("plan_id", "entered", "left", *about), on="plan_id", maintain_order="left"
    )
    day = pl.col("census")
    now = now.filter(pl.col("entered") <= day, pl.col("left").is_null() | (pl.col("left") >= day))
    elsewhere = pl.col("setting").replace(CODE).alias("code")
    now = now.with_columns(elsewhere).with_columns(
        placement=pl.when(pl.col("urn").is_not_null())
        .then(pl.lit("School or college"))
        .when(pl.col("ukprn").is_not_null())
        .then(pl.lit("Further education"))
        .otherwise(group_of("code", "group_sen2__setting", "placement_group", "Not recorded"))
    )
    keys = ["plan_id", "return_year"]
    now = now.unique(keys, maintain_order=True).select(*keys, "placement", "urn", "residential", "work_based")
    plans = plans.join(now, on=keys, how="left", maintain_order="left")
    plans = plans.join(_named(plans, lives, numbers), on=keys, how="left", maintain_order="left")
    return plans.with_columns(pl.col("placement").fill_null("Not recorded"))


def _named(plans: pl.DataFrame, lives: dict[str, pl.DataFrame], numbers: pl.DataFrame) -> pl.DataFrame:
    stays = lives["ehc_placements"].filter(pl.col("setting") != "NONE")
    found = [
        send_details.named(some.select("plan_id", "cease_date"), stays, some["census"][0]).select(
            "plan_id", "establishment_id", return_year=pl.lit(year, pl.Int32)
        )
        for (year,), some in plans.partition_by("return_year", as_dict=True, maintain_order=True).items()
    ]
    none = pl.DataFrame(schema={"plan_id": pl.Int64, "establishment_id": pl.Int64, "return_year": pl.Int32})
    rows = pl.concat([none, *found]).join(numbers, on="establishment_id", how="left", maintain_order="left")
    return rows.select("plan_id", "return_year", named_urn="urn")


def _in_force(plans: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    both = plans.filter(pl.col("named_urn").is_not_null(), pl.col("urn").is_not_null())
    older = plans.filter(pl.col("age_on_31_august") >= 16)
    work, payment = pl.col("work_based"), pl.col("direct_payment")
    organised = pl.col("is_organised")
    came = pl.col("came_from").is_not_null() & _is_in_year("since")
    return [
        count("S01", plans, sent, [*WHO, "primary_need", "placement"]),
        count("S02", plans, sent, []),
        count("S25", both, sent, WHO, pl.col("named_urn") != pl.col("urn"), EVERY),
        *(
            count(name, plans, sent, WHO, _is("residential", code), EVERY)
            for name, code in (("S27", "A"), ("S27-B", "B"))
        ),
        count("S28", older, sent, WHO, work.is_not_null(), EVERY),
        *(count(f"S28-{code}", older, sent, WHO, _is("work_based", code), EVERY) for code in "SAT"),
        count("S34", plans, sent, WHO, payment.is_not_null() | organised, EVERY),
        count("S34-O", plans, sent, WHO, organised, EVERY),
        *(count(f"S34-{code}", plans, sent, WHO, _is("direct_payment", code), EVERY) for code in "ESHI"),
        count("S36", plans, sent, WHO, came, EVERY),
    ]


def _is(column: str, code: str) -> pl.Expr:
    return (pl.col(column) == code).fill_null(value=False)


def _begun_and_ceased(plans: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    own = pl.col("request_id").is_not_null() & pl.col("came_from").is_null()
    new = plans.filter(own, _is_in_year("start_date")).with_columns(age_band=_age_band(pl.col("start_date")))
    ceased = plans.filter(_is_in_year("cease_date")).with_columns(age_band=_age_band(pl.col("cease_date")))
    return [
        count("S03", new, sent, [*WHO, "primary_need"]),
        count("plans ceased", ceased, sent, [*WHO, "cease_reason"]),
        count("S36-O", ceased, sent, WHO, _is("cease_reason", "5"), EVERY),
    ]


def _reviewed(plans: pl.DataFrame, lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    due = plans.filter(pl.col("start_date").dt.offset_by("12mo") < pl.col("census"))
    expected = pl.col("start_date").dt.offset_by("12mo") < pl.col("census")
    reviews = lives["ehc_reviews"].select("plan_id", "meeting_date", "decision_date", "outcome")
    held = due.join(reviews, on="plan_id", maintain_order="left").filter(pl.col("meeting_date") <= pl.col("census"))
    held = held.sort("plan_id", "return_year", "meeting_date").unique(
        ["plan_id", "return_year"], keep="last", maintain_order=True
    )
    known = pl.col("decision_date") <= pl.col("census")
    held = held.with_columns(
        review_outcome=pl.when(known).then("outcome").fill_null("None yet"),
        days=pl.when(known).then((pl.col("decision_date") - pl.col("meeting_date")).dt.total_days()),
    )
    decided = held.filter(pl.col("days").is_not_null())
    was_held = pl.concat(
        [
            due.select(*WHERE, *WHO, held=pl.lit(0), due=pl.lit(1)),
            held.select(*WHERE, *WHO, held=pl.lit(1), due=pl.lit(0)),
        ]
    )
    moving = plans.join(lives["ehc_transfers"], on="plan_id", maintain_order="left").filter(_is_in_year("due_date"))
    in_time = (pl.col("final_date") <= pl.col("due_date")).fill_null(value=False)
    return [
        count("S29", plans, sent, WHO, expected, EVERY),
        count("S30", was_held, sent, WHO, pl.col("held"), pl.col("due")),
        count("reviews held", held, sent, [*WHO, "review_outcome"]),
        count("S32", decided, sent, WHO, pl.col("days") <= 28, EVERY),
        count("S33", moving, sent, WHO, in_time, EVERY),
    ]
