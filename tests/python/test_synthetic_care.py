"""Made-up lives in care: the published numbers, what can follow what, and what a return of a year knows."""

import re
from datetime import date

import numpy as np
import polars as pl
import pytest

from loaders import spec
from synthetic import care, care_leavers, care_lots, care_rows
from synthetic.reports import ssda903

CAMDEN, LAMBETH, KENSINGTON = "E09000007", "E09000022", "E09000020"
YEARS = range(2021, 2027)
SHORT_BREAKS = ["V3", "V4"]


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.DataFrame]:
    """Three authorities over six years, with references as the people module gives them."""
    made = care.live([CAMDEN, LAMBETH, KENSINGTON], YEARS, seed=1, scale=1.0)
    children = made["children"].with_columns(
        la_child_id=pl.format("C{}", "child_id"),
        upn=pl.when(pl.col("child_id") % 10 > 0).then(pl.lit("A123456789012")),
    )
    return made | {"children": children}


@pytest.fixture(scope="module")
def episodes(lives) -> pl.DataFrame:
    """Episodes of care without short breaks, in order, with who it is."""
    found = lives["care_episodes"].filter(~pl.col("legal_status").is_in(SHORT_BREAKS))
    who = lives["children"].select("child_id", "la_code", "birth_date", "is_uasc")
    return found.join(who, on="child_id").sort("period_id", "start_date")


@pytest.fixture(scope="module")
def returns(lives) -> dict[int, dict[str, pl.DataFrame]]:
    return {year: ssda903.rows(lives, None, year) for year in YEARS}


def camden_2022(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(
        pl.col("la_code") == CAMDEN, pl.col("start_date") <= date(2022, 3, 31),
        pl.col("end_date").is_null() | (pl.col("end_date") >= date(2021, 4, 1)),
    )  # fmt: skip


def open_then(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("end_date").is_null() | (pl.col("end_date") > date(2022, 3, 31)))


def test_published_numbers_of_an_authority_are_made_exactly(episodes, lives):
    """Camden's year to March 2022, as published."""
    year = camden_2022(episodes)
    periods = camden_2022(lives["periods"].filter(~pl.col("is_short_breaks")))
    starts = periods.filter(pl.col("start_date") >= date(2021, 4, 1))["child_id"].n_unique()
    ends = periods.filter(pl.col("end_date") <= date(2022, 3, 31))["child_id"].n_unique()
    assert year["child_id"].n_unique() == 326
    assert (open_then(year).height, starts, ends) == (191, 140, 135)
    assert open_then(year)["is_uasc"].sum() == 59


def test_going_missing_is_as_often_as_published(lives):
    incidents = lives["missing"].join(lives["children"].select("child_id", "la_code"), on="child_id")
    missing = camden_2022(incidents.filter(pl.col("missing") == "M"))
    assert (missing["child_id"].n_unique(), missing.height) == (60, 508)


def test_episodes_of_a_period_follow_each_other(episodes):
    same = pl.col("period_id") == pl.col("period_id").shift(-1)
    follows = episodes.filter(same & ((pl.col("end_date") != pl.col("start_date").shift(-1)) | (pl.col("rec") != "X1")))
    first = pl.col("period_id").ne_missing(pl.col("period_id").shift())
    assert follows.is_empty()
    assert episodes.filter(first != (pl.col("rne") == "S")).is_empty()
    assert episodes.filter(pl.col("end_date") <= pl.col("start_date")).is_empty()
    assert episodes.filter(pl.col("end_date").is_null() != pl.col("rec").is_null()).is_empty()


def test_the_reason_for_a_new_episode_is_what_changed(episodes):
    """Placement means type, provider, postcode and URN; T and U keep the carer and so the URN."""
    before = {name: pl.col(name).shift() for name in ("legal_status", "placement_type", "placement_postcode", "urn")}
    inside = episodes.filter(pl.col("period_id") == pl.col("period_id").shift())
    legal = episodes.select(
        "period_id", "rne", inside=pl.col("period_id") == pl.col("period_id").shift(),
        legal=pl.col("legal_status") != before["legal_status"],
        moved=(pl.col("placement_type") != before["placement_type"])
        | pl.col("placement_postcode").ne_missing(before["placement_postcode"])
        | pl.col("urn").ne_missing(before["urn"]),
    ).filter("inside")  # fmt: skip
    assert inside.height
    assert legal.filter(pl.col("legal") != pl.col("rne").is_in(["L", "B", "U"])).is_empty()
    assert legal.filter((pl.col("rne") == "L") & pl.col("moved")).is_empty()
    assert legal.filter((pl.col("rne") != "L") & ~pl.col("moved")).is_empty()


def test_what_the_law_and_the_guidance_forbid_does_not_happen(episodes):
    eighteen, sixteen = (pl.col("birth_date").dt.offset_by(f"{age}y") for age in (18, 16))
    place, legal = pl.col("placement_type"), pl.col("legal_status")
    days = (pl.col("end_date") - pl.col("start_date")).dt.total_days()
    never = {
        "care beyond 18": pl.col("end_date").fill_null(date(2026, 3, 31)) > eighteen,
        "care before birth": pl.col("start_date") < pl.col("birth_date"),
        "supported accommodation before 16": place.is_in(["H5", "P2"]) & (pl.col("start_date") < sixteen),
        "adopters without a placement order": place.str.starts_with("A") & (legal != "E1"),
        "with parents without an order": (place == "P1") & ~legal.is_in(["C1", "C2"]),
        "adopted from elsewhere": pl.col("rec").is_in(["E11", "E12"]) & ~place.str.starts_with("A"),
        "police protection over 72 hours": (legal == "L1") & (days > 3),
        "emergency protection over 21 days": (legal == "L2") & (days > 21),
        "care starts or ends away": place.str.starts_with("T") & ((pl.col("rne") == "S") | (pl.col("rec") != "X1")),
        "stays on at less than 18": (pl.col("rec") == "E17") & (pl.col("end_date") < eighteen),
        "a provider of a parent": (place == "P1") != (pl.col("provider") == "PR0").fill_null(False),
        "an unaccompanied child with a home here": pl.col("is_uasc") & pl.col("home_postcode").is_not_null(),
    }
    found = {what: episodes.filter(rule).height for what, rule in never.items()}
    assert {what: number for what, number in found.items() if number} == {}


def test_children_are_in_one_period_at_a_time(lives):
    periods = lives["periods"].sort("child_id", "start_date")
    again = pl.col("child_id") == pl.col("child_id").shift(-1)
    overlap = pl.col("end_date").is_null() | (pl.col("end_date") > pl.col("start_date").shift(-1))
    assert periods.filter(again).height > 50  # some come back
    assert periods.filter(again & overlap).is_empty()


def test_incidents_of_a_child_do_not_overlap_and_lie_in_care(lives):
    incidents = lives["missing"].sort("child_id", "start_date")
    again = pl.col("child_id") == pl.col("child_id").shift(-1)
    assert incidents.filter(again & (pl.col("end_date") >= pl.col("start_date").shift(-1))).is_empty()
    spans = incidents.with_row_index("row").join(
        lives["periods"].rename({"start_date": "began", "end_date": "left"}), on="child_id"
    )
    inside = (pl.col("began") <= pl.col("start_date")) & (
        pl.col("left").is_null() | (pl.col("left") >= pl.col("end_date"))
    )
    assert spans.filter(inside)["row"].n_unique() == incidents.height


def test_care_leavers_had_thirteen_weeks_in_care_after_14_and_some_after_16(lives):
    told = lives["leavers"].filter(~pl.col("in_touch").is_in(["RHOM", "DIED"]))
    care_of = lives["periods"].join(lives["children"].select("child_id", "birth_date"), on="child_id")
    fits = care_of.filter(
        pl.col("end_date") > pl.col("birth_date").dt.offset_by("16y"),
        pl.col("end_date")
        >= pl.max_horizontal("start_date", pl.col("birth_date").dt.offset_by("14y")) + pl.duration(weeks=13),
    )
    assert told.height > 1000
    assert told.join(fits, on="child_id", how="anti").is_empty()
    assert told.filter(
        (pl.col("in_touch") == "YES") & ((pl.col("activity") == "0") | (pl.col("accommodation") == "0"))
    ).is_empty()


def test_every_value_of_a_return_is_one_that_its_year_knows(returns):
    source, wrong = spec.returns()["ssda903"], []
    for year, tables in returns.items():
        for name, frame in tables.items():
            table = source.table(name)
            assert not frame.select("la_code", *table.meta.grain).is_duplicated().any(), (year, name)
            for column in table.columns:
                if not spec.within(column.meta.years, year):
                    assert column.name not in frame.columns
                    continue
                values = frame[column.name]
                if column.meta.required == "always" and values.null_count():
                    wrong.append((year, name, column.name, None))
                pattern = source.pattern(column)
                codes = {c.code for c in _codes(column) if spec.within(c.years, year)}
                for value in values.drop_nulls().cast(pl.String).unique().to_list() if values.dtype != pl.Date else []:
                    if (codes and value not in codes) or (pattern and not re.fullmatch(pattern, value)):
                        wrong.append((year, name, column.name, value))
    assert wrong == []


def _codes(column: spec.Column) -> list[spec.Code]:
    return spec.code_list("ssda903", column.meta.code_list) if column.meta.code_list else []


def test_a_return_knows_nothing_of_what_comes_after_its_year(returns):
    for year, tables in returns.items():
        for name, frame in tables.items():
            days = [frame[column].max() for column, kind in frame.schema.items() if kind == pl.Date]
            assert max(day for day in days if day) <= date(year, 3, 31), (year, name)


def test_an_episode_left_open_comes_back_the_next_year_with_the_same_start(returns):
    for year in range(2021, 2026):
        keys = ["la_code", "CHILD", "DECOM"]
        still_open = returns[year]["episodes"].filter(pl.col("DEC").is_null())
        assert still_open.height > 300
        assert still_open.join(returns[year + 1]["episodes"], on=keys, how="anti").is_empty()


def test_the_health_return_has_those_looked_after_all_year(returns):
    year = returns[2024]
    whole = year["episodes"].filter(~pl.col("LS").is_in(SHORT_BREAKS), pl.col("DEC").is_null())
    inside = year["episodes"].filter((pl.col("RNE") == "S") & (pl.col("DECOM") > date(2023, 4, 1)))
    expected = whole.join(inside, on=["la_code", "CHILD"], how="anti")
    assert set(year["oc2"]["_child_id"]) == set(expected["_child_id"])


def test_codes_of_the_year_2025(returns):
    """M and F instead of 1 and 2; K3 instead of H5; Z11 instead of Z1 a year later."""
    assert set(returns[2024]["header"]["SEX"]) == {"1", "2"}
    assert set(returns[2025]["header"]["SEX"]) == {"M", "F"}
    places = {year: set(returns[year]["episodes"]["PLACE"]) for year in (2024, 2025, 2026)}
    assert "H5" in places[2024] and "K3" not in places[2024]
    assert "K3" in places[2025] and "H5" not in places[2025] and "Z1" in places[2025]
    assert "Z11" in places[2026] and "Z1" not in places[2026]
    assert "sw_episodes" not in {*returns[2023]} and "sw_episodes" in returns[2024]


def test_one_authority_is_reported_as_it_is_among_all(lives, returns):
    alone = ssda903.rows(lives, CAMDEN, 2023)
    for name, frame in alone.items():
        assert frame.equals(returns[2023][name].filter(pl.col("la_code") == CAMDEN)), name


def test_the_same_seed_gives_the_same_lives_whatever_the_order_of_authorities():
    made = [care.live(las, range(2024, 2026), seed=4, scale=0.2) for las in ([CAMDEN, LAMBETH], [LAMBETH, CAMDEN])]
    assert all(made[0][name].equals(made[1][name]) for name in made[0])
    other = care.live([CAMDEN, LAMBETH], range(2024, 2026), seed=5, scale=0.2)
    assert not other["care_episodes"].equals(made[0]["care_episodes"])


@pytest.mark.parametrize(
    ("las", "years", "scale"), [(["E09000001"], range(2025, 2026), 0.02), ([CAMDEN], range(2018, 2020), 0.0)]
)
def test_few_or_no_children_do_no_harm(las, years, scale):
    made = care.live(las, years, seed=1, scale=scale)
    rows = ssda903.rows(made, None, years[0])
    assert {"header", "episodes", "oc3"} <= set(rows)


def test_apportion_carries_what_rounding_takes():
    """A part of a tenth of ten authorities of one child is one child in London."""
    found = care_lots.apportion(np.tile([9.0, 1.0], (10, 1)), np.ones(10, dtype=int))
    assert found.sum(axis=1).tolist() == [1] * 10
    assert found.sum(axis=0).tolist() == [9, 1]
    assert care_lots.apportion(np.array([[1.0, 3.0]]), np.array([200])).tolist() == [[50, 150]]


def test_draw_and_deal_keep_to_their_numbers():
    rng = np.random.default_rng(0)
    group, weight = np.array([0, 0, 0, 1, 1]), np.array([1.0, 0.0, 1.0, 1.0, 1.0])
    drawn = care_lots.draw(group, np.array([2, 1]), weight, rng)
    assert drawn[[0, 2]].all() and not drawn[1] and drawn[3:].sum() == 1
    quotas = np.array([[1, 2], [2, 0]])
    dealt = care_lots.deal(group, quotas, np.ones((5, 2)), rng, np.full(5, 9))
    assert sorted(dealt[:3]) == [0, 1, 1] and dealt[3:].tolist() == [0, 0]
    short = care_lots.deal(group, quotas * 0, np.ones((5, 2)), rng, np.full(5, 9))
    assert short.tolist() == [9] * 5


def test_ages_and_birthdays():
    """15 June 2010 to 14 June 2024 is 13 years; a day later 14."""
    birth = np.array([care_rows.day(2010, 6, 15)])
    assert care_rows.age_at(birth, care_rows.day(2024, 6, 14)).tolist() == [13]
    assert care_rows.age_at(birth, care_rows.day(2024, 6, 15)).tolist() == [14]
    assert care_rows.birthday(birth, 18).tolist() == [care_rows.day(2028, 6, 15)]


def test_those_who_left_before_the_years_had_left_before_them(lives):
    """Someone of 21 in the year to March 2021 was 16 before April 2015; care ended before April 2020."""
    rng = np.random.default_rng(0)
    first, end = care_rows.day(2020, 4, 1), care_rows.day(2021, 3, 31)
    rows = care_leavers._earlier(np.array([40]), 19, 21, end, first, 1, rng)
    assert set(care_rows.age_at(rows["birth"], end)) <= {19, 20, 21}
    assert (rows["left"] < first).all()
    assert (rows["left"] > care_rows.birthday(rows["birth"], 16)).all()
