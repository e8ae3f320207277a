"""The area SEND lists on a day: who has a plan then, and who is on SEN support.

Plans are those of the lives. SEN support is made up of children of school age without a plan, and so is what the lives
do not hold of either (absence, suspensions, pupil premium), the same for a child each time. A list asks for a school or
a second one at school age: whoever has no school with a number is in alternative provision as well.
"""

from datetime import date

import polars as pl

from loaders import spec
from synthetic.reports import year_of
from synthetic.reports.annex_a import TEAMS, Day

Lives = dict[str, pl.DataFrame]
SCHOOL_AGE = pl.col("age_years").is_between(5, 15)
OLDEST = 25
PHASES = {  # of the lives' settings, where age does not decide it
    **{"SL": "SPECIAL", "SA": "SPECIAL", "SI": "SPECIAL", "SN": "SPECIAL", "FS": "SPECIAL", "EY": "NURSERY"},
    **dict.fromkeys(["PL", "PA", "PF"], "PRU OR ALTERNATIVE PROVISION"),
    **dict.fromkeys(["FG", "FU"], "FURTHER EDUCATION COLLEGE"),
}
MAINSTREAM = ["ML", "MA", "MF", "MI"]
AT_HOME = "EHE"
NO_NUMBER = "UN2"
AMENDED = "A"  # what came of a review of a plan
NEEDS = ["SPLD", "MLD", "SEMH", "SEMH", "SLCN", "SLCN", "SLCN", "ASD", "ASD", "HI", "PD", "OTH"]  # of SEN support
SUPPORTED = 25  # children in 101 of those without a plan, own guess
PREMIUM, SUSPENDED, EXCLUDED, NOT_RECORDED = 40, 9, 1, 5  # in 101, own guesses


def rows(lives: Lives, la_code: str | None, day: date) -> dict[str, pl.DataFrame]:
    """One frame per list; of all authorities where `la_code` is None. Columns as in `annex_a`."""
    on = Day(lives, la_code, day)
    of_child = lives["children"].select("child_id", "sex", "upn")
    children = on.children.join(of_child, on="child_id", maintain_order="left")
    plans = _plans(lives, children, day)
    support = _sen_support(lives, children.join(plans, on="child_id", how="anti", maintain_order="left"))
    known = lives["episodes"].filter(
        pl.col("referral_date") <= day, pl.col("closure_date").is_null() | (pl.col("closure_date") > day)
    )
    found = {"plans": plans, "sen_support": support}
    tables = spec.returns()["annex_a_send"].tables
    return {
        table.name: on.shaped(table, _described(found[table.name], known["child_id"]), year_of(day)) for table in tables
    }


def _lot(step: int) -> pl.Expr:
    """A number from 0 to 100 for a child, always the same; `step` tells one lot from another."""
    return pl.col("child_id") * step % 101


def _plans(lives: Lives, children: pl.DataFrame, day: date) -> pl.DataFrame:
    """Each child's plan on the day, as last reviewed and amended, and where the child is taught."""
    there = (pl.col("since") <= day) & (pl.col("cease_date").is_null() | (pl.col("cease_date") > day))
    plans = lives["ehc_plans"].filter(there).sort("child_id", "since").unique("child_id", keep="last")
    reviews = lives["ehc_reviews"].filter(pl.col("decision_date") <= day)
    reviews = reviews.group_by("plan_id").agg(
        last_review_date=pl.col("meeting_date").max(),
        updated_plan_date=pl.col("decision_date").filter(pl.col("outcome") == AMENDED).max(),
    )
    stays = lives["ehc_placements"].filter(
        pl.col("start_date") <= day, pl.col("end_date").is_null() | (pl.col("end_date") >= day)
    )
    stays = (
        stays.sort("plan_id", "start_date")
        .unique("plan_id", keep="last")
        .select("plan_id", "setting", school="establishment_id")
    )
    urns = lives["establishments"].select("urn", school="establishment_id")
    found = children.join(plans.drop("la_code"), on="child_id", maintain_order="left")
    for more, key in ((reviews, "plan_id"), (stays, "plan_id"), (urns, "school")):
        found = found.join(more, on=key, how="left", maintain_order="left")
    return found.filter(pl.col("age_years") <= OLDEST).with_columns(
        main_urn="urn",
        initial_plan_date="start_date",
        elective_home_education=_yes((pl.col("setting") == AT_HOME).fill_null(value=False)),
    )


def _sen_support(lives: Lives, children: pl.DataFrame) -> pl.DataFrame:
    """Some of the children of school age, each at a mainstream school of the authority."""
    schools = lives["establishments"].filter(pl.col("kind").is_in(MAINSTREAM)).sort("la_code", "establishment_id")
    schools = schools.select(
        "la_code", main_urn="urn", setting="kind", turn=pl.int_range(pl.len(), dtype=pl.Int64).over("la_code")
    )
    of_la = schools.group_by("la_code").agg(schools=pl.len().cast(pl.Int64))
    needs = dict(enumerate(NEEDS))
    found = children.filter(SCHOOL_AGE, _lot(7) < SUPPORTED).join(of_la, on="la_code", maintain_order="left")
    found = found.with_columns(
        turn=pl.col("child_id") % pl.col("schools"),
        need=(pl.col("child_id") % len(NEEDS)).replace_strict(needs, return_dtype=pl.String),
    )
    return found.join(schools, on=["la_code", "turn"], maintain_order="left")


def _described(people: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """The columns that both lists have, of people with `need`, `setting` and `main_urn`; `known` to social care."""
    needs = {code.code for code in spec.code_list("annex_a_send", "primary_need")}
    usual = pl.when(pl.col("age_years") < 5).then(pl.lit("NURSERY"))
    usual = usual.when(pl.col("age_years") < 11).then(pl.lit("PRIMARY")).otherwise(pl.lit("SECONDARY"))
    has_upn = (pl.col("age_years") >= 5) & pl.col("upn").is_not_null()
    has_uln = ~has_upn & (pl.col("age_years") >= 16)
    number = pl.when(has_upn).then("upn").when((pl.col("age_years") >= 6) & ~has_uln).then(pl.lit(NO_NUMBER))
    is_known = pl.col("child_id").is_in(known.implode())
    teams = (pl.col("child_id") % len(TEAMS)).replace_strict(dict(enumerate(TEAMS)), return_dtype=pl.String)
    is_taught = SCHOOL_AGE & pl.col("main_urn").is_not_null()
    is_suspended = is_taught & (_lot(11) < SUSPENDED)
    return people.with_columns(
        upn=number,
        uln=pl.when(has_uln).then((9_000_000_000 + pl.col("person_id")).cast(pl.String)),
        ethnicity=pl.col("ethnicity").fill_null("NOBT"),
        gender=pl.col("sex").replace_strict({"M": "MALE", "F": "FEMALE"}, default="NOT KNOWN"),
        sen_primary_need=pl.when(pl.col("need").is_in(list(needs))).then("need").otherwise(pl.lit("OTH")),
        main_phase=pl.when(pl.col("main_urn").is_not_null()).then(
            pl.col("setting").str.head(2).replace_strict(PHASES, default=usual, return_dtype=pl.String)
        ),
        subsidiary_phase=pl.when(SCHOOL_AGE & ~is_taught).then(pl.lit("PRU OR ALTERNATIVE PROVISION")),
        suspensions=pl.when(is_suspended).then(1 + pl.col("child_id") % 3).otherwise(0),
        permanent_exclusions=pl.when(is_taught & (_lot(13) < EXCLUDED)).then(1).otherwise(0),
        absence=pl.when(is_taught & (_lot(17) >= NOT_RECORDED)).then((_lot(19) ** 2 / 150).round(1)),
        pupil_premium=_yes(_lot(23) < PREMIUM),
        known_to_social_care=_yes(is_known),
        social_care_team=pl.when(is_known).then(teams),
    )


def _yes(is_so: pl.Expr) -> pl.Expr:
    return pl.when(is_so).then(pl.lit("YES")).otherwise(pl.lit("NO"))
