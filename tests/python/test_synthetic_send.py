"""Lives with special educational needs: as many as were published, and what cannot be otherwise."""

from datetime import date

import polars as pl
import pytest

from synthetic import fit, send, send_details, send_stock, targets

LAS = ["E09000001", "E09000012", "E09000025", "E09000030"]
YEARS = range(2023, 2026)
SCALE = 0.1
SCHEMA = {
    "child_id": pl.Int64,
    "person_id": pl.Int64,
    "la_code": pl.String,
    "la_child_id": pl.String,
    "upn": pl.String,
    "birth_date": pl.Date,
    "death_date": pl.Date,
    "sex": pl.String,
    "ethnicity": pl.String,
    "disabilities": pl.List(pl.String),
    "first_baby_date": pl.Date,
    "is_uasc": pl.Boolean,
    "household_id": pl.Int64,
}


def known_children() -> pl.DataFrame:
    """Boys of Newham and Tower Hamlets, born on the first of a month from 2008 to 2017, with a disability."""
    born = [date(year, month, 1) for year in range(2008, 2018) for month in range(1, 13)]
    rows = [(la_code, day, ethnicity) for la_code in LAS[2:] for day in born for ethnicity in ("BAFR", "ABAN")]
    frame = pl.DataFrame(rows, schema=["la_code", "birth_date", "ethnicity"], orient="row")
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return frame.select(
        child_id=number + 700,
        person_id=number + 100,
        la_code="la_code",
        la_child_id=pl.lit(None, pl.String),
        upn=pl.lit(None, pl.String),
        birth_date="birth_date",
        death_date=pl.lit(None, pl.Date),
        sex=pl.lit("M"),
        ethnicity="ethnicity",
        disabilities=pl.lit(["AUT"]),
        first_baby_date=pl.lit(None, pl.Date),
        is_uasc=pl.lit(False),
        household_id=number,
    )


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.DataFrame]:
    return send.live(known_children(), LAS, YEARS, 5, SCALE)


def test_a_census_day_is_the_third_thursday_of_january():
    days = send_details.census_days(range(2020, 2027))["census_date"].to_list()
    assert [day.day for day in days] == [16, 21, 20, 19, 18, 16, 15]


def test_plans_in_force_on_each_census_day_are_as_many_as_published(lives):
    wanted = targets.wanted("send", LAS, list(YEARS), SCALE)
    for year, day in send_details.census_days(YEARS).iter_rows():
        standing = lives["ehc_plans"].filter(send_details.in_force(pl.lit(day)))["la_code"].value_counts()
        assert dict(standing.iter_rows()) == dict(
            wanted.filter(return_year=year).select("la_code", "n_plans").iter_rows()
        )


def test_plans_issued_and_issued_within_20_weeks_are_as_many_as_published(lives):
    issued = lives["ehc_requests"].filter(assessment_outcome="Y")
    days = (pl.col("assessment_date") - pl.col("received_date")).dt.total_days()
    for year in YEARS:
        of_year = issued.filter(pl.col("assessment_date").dt.year() == year - 1)
        wanted = targets.wanted("send", LAS, [year], SCALE)
        assert of_year.height == wanted["n_issued"].sum()
        others = ["request_mediation", "request_tribunal", "other_mediation", "other_tribunal"]
        timed = of_year.filter(~pl.any_horizontal(others), ~pl.col("is_exception"))
        assert timed.filter(days <= 140).height == wanted["n_issued_20_weeks"].sum()
        assert timed.filter(days > 140).height == wanted["n_issued_over"].sum()


def test_what_follows_from_what(lives):
    requests, plans = lives["ehc_requests"], lives["ehc_plans"]
    received, decided = pl.col("received_date"), pl.col("decision_date")
    assert requests.filter(decided < received).is_empty()
    assert requests.filter(pl.col("assessment_outcome").is_not_null(), pl.col("outcome") != "Y").is_empty()
    concluded = requests.filter(pl.col("assessment_outcome").is_in(["Y", "N"]))
    assert concluded.filter(pl.col("assessment_date") <= decided).is_empty()
    of_request = plans.join(requests, on="request_id", suffix="_asked")
    assert of_request.height == plans["request_id"].count()
    assert of_request.filter(pl.col("start_date") != pl.col("assessment_date")).is_empty()
    assert of_request.filter(pl.col("child_id") != pl.col("child_id_asked")).is_empty()
    assert plans.filter(pl.col("cease_date") <= pl.col("since")).is_empty()
    assert plans.filter(pl.col("cease_date").is_null() != pl.col("cease_reason").is_null()).is_empty()


def test_everyone_is_0_to_25_and_has_one_plan_at_a_time(lives):
    plans = lives["ehc_plans"].join(lives["children"], on="child_id")
    days = send_details.census_days(YEARS)
    every = plans.join(days, how="cross").filter(send_details.in_force(pl.col("census_date")))
    ages = every.select(send_stock.age_in(pl.col("return_year")).alias("age"))["age"]
    assert ages.min() >= 0
    assert ages.max() <= 25
    assert every.filter(pl.struct("person_id", "return_year").is_duplicated()).is_empty()


def test_a_plan_passed_on_within_london_is_of_one_person(lives):
    every = lives["ehc_plans"].join(lives["children"].select("child_id", "person_id", "birth_date"), on="child_id")
    came = every.filter(pl.col("came_from").is_in(LAS))
    assert came.height > 0
    left = every.filter(cease_reason="5").select(
        "person_id", "la_code", "cease_date", "birth_date", "start_date", "need"
    )
    pairs = came.join(left, left_on=["person_id", "came_from"], right_on=["person_id", "la_code"], suffix="_before")
    assert pairs.height == came.height
    for name in ("birth_date", "start_date", "need"):
        assert pairs.filter(pl.col(name) != pl.col(f"{name}_before")).is_empty()
    assert pairs.filter(pl.col("since") != pl.col("cease_date_before")).is_empty()


def test_children_known_already_keep_their_record(lives):
    before = known_children()
    assert lives["children"].head(before.height).equals(before)
    assert lives["children"].schema == before.schema
    assert lives["children"]["child_id"].is_unique().all()
    known = lives["ehc_plans"].filter(pl.col("child_id").is_in(before["child_id"].implode()))
    assert known.height > 5
    assert known.join(before, on=["child_id", "la_code"]).height == known.height


def test_more_of_the_children_in_care_have_plans():
    children = known_children().with_columns(disabilities=pl.lit([], pl.List(pl.String)))
    made = [
        send.live(children, LAS, YEARS, 5, SCALE, in_care)["ehc_plans"]["child_id"]
        .is_in(children["child_id"].implode())
        .sum()
        for in_care in (None, children["child_id"])
    ]
    assert made[0] < made[1]


def test_reviews_are_about_a_year_apart_and_known_decisions_lie_in_the_past(lives):
    reviews = lives["ehc_reviews"].join(lives["ehc_plans"], on="plan_id")
    held = (pl.col("meeting_date") - pl.col("start_date")).dt.total_days()
    assert reviews.select(held.alias("days"))["days"].min() >= 365 - 40
    horizon = date(2025, 1, 16)
    assert reviews["meeting_date"].max() <= horizon
    assert reviews["decision_date"].max() <= horizon
    assert reviews.filter(pl.col("decision_date").is_null() != pl.col("outcome").is_null()).is_empty()


def test_every_plan_in_force_has_one_place_on_the_census_day(lives):
    day = date(2025, 1, 16)
    standing = lives["ehc_plans"].filter(send_details.in_force(pl.lit(day)))
    there = pl.col("end_date").is_null() | (pl.col("end_date") >= day)
    places = lives["ehc_placements"].filter(pl.col("start_date") <= day, there)
    assert sorted(places["plan_id"].to_list()) >= sorted(standing["plan_id"].to_list())
    one_each = places.filter(pl.col("plan_id").is_in(standing["plan_id"].implode()))
    assert one_each["plan_id"].is_unique().all()
    numbered = one_each.filter(~pl.col("setting").is_in(send_details.WITHOUT_NUMBER))
    assert numbered["establishment_id"].null_count() == 0


def test_the_same_seed_makes_the_same_lives_and_another_seed_others(lives):
    again = send.live(known_children(), LAS, YEARS, 5, SCALE)
    assert all(lives[name].equals(again[name]) for name in lives)
    other = send.live(known_children(), LAS, YEARS, 6, SCALE)
    assert not lives["ehc_plans"].equals(other["ehc_plans"])


@pytest.mark.parametrize(("las", "years"), [(["E09000001"], range(2025, 2026)), (LAS, range(2028, 2029))])
def test_almost_nothing_can_be_made_too(las, years):
    nobody = pl.DataFrame(schema=SCHEMA)
    for scale in (0.0, 0.02):
        made = send.live(nobody, las, years, 1, scale)
        assert made["children"].schema == nobody.schema


def test_rows_are_raked_to_the_totals_of_their_area():
    rows = pl.DataFrame({"la_code": ["A"] * 4, "group": ["young", "young", "young", "old"]})
    totals = pl.DataFrame({"la_code": ["A", "A"], "part": ["x", "y"], "weight": [50.0, 50.0]})
    likely = pl.DataFrame({"group": ["young", "young", "old"], "part": ["x", "y", "y"], "weight": [1.0, 1.0, 1.0]})
    found = fit.raked(rows, totals, likely, ["la_code"], "part")
    weights = {
        (group, part): round(weight, 3) for group, part, weight in found.select("group", "part", "weight").rows()
    }
    # the old one must be y, so that two of the three young are x
    assert weights == {("young", "x"): 2.0, ("young", "y"): 1.0, ("old", "y"): 1.0}


def test_rows_are_spread_by_their_size():
    frame = pl.DataFrame({"name": ["a", "b", "c"], "size": [2, 0, 1]})
    assert fit.spread(frame)["name"].to_list() == ["a", "a", "c"]
