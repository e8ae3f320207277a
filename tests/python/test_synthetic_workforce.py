"""Workers' lives: as many posts, full-time equivalents and cases as were published, and who may be where."""

from datetime import date

import polars as pl
import pytest

from synthetic import targets, workforce

LAS = ["E09000001", "E09000021", "E09000027", "E09000030"]
YEARS = range(2022, 2026)


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.DataFrame]:
    return workforce.live(LAS, YEARS, 3, 1.0)


@pytest.fixture(scope="module")
def counted(lives) -> pl.DataFrame:
    kind, fte = pl.col("kind"), pl.col("fte")
    counted = (
        lives["worker_years"]
        .group_by("la_code", "return_year")
        .agg(
            in_post=(kind == "in_post").sum(),
            in_post_fte=fte.filter(kind == "in_post").sum(),
            agency=(kind == "agency").sum(),
            agency_fte=fte.filter(kind == "agency").sum(),
            leavers=(kind == "leaver").sum(),
            cases=pl.col("cases").sum(),
            case_holders_fte=fte.filter(pl.col("cases") > 0).sum(),
            days_lost=pl.col("working_days_lost").sum(),
        )
    )
    return counted.join(targets.wanted("workforce", LAS, list(YEARS)), on=["la_code", "return_year"])


@pytest.mark.parametrize("name", ["in_post", "agency", "leavers", "cases"])
def test_heads_and_cases_are_as_published(counted, name):
    assert counted[name].to_list() == counted[f"n_{name}"].to_list()


@pytest.mark.parametrize(("name", "off"), [("in_post_fte", 0.6), ("agency_fte", 0.6), ("case_holders_fte", 1.0)])
def test_full_time_equivalents_are_as_published_but_for_rounding(counted, name, off):
    assert (counted[name] - counted[f"x_{name}"]).abs().max() <= off


def test_days_lost_are_half_days_that_add_up(lives, counted):
    assert (counted["days_lost"] - counted["x_days_lost"]).abs().max() <= 0.5
    halves = lives["worker_years"]["working_days_lost"].drop_nulls() * 2
    assert (halves == halves.round()).all()


def test_starters_of_the_year_are_as_published(lives):
    first_day = pl.date(pl.col("first_year") - 1, 10, 1)
    own = lives["worker_posts"].filter(~pl.col("is_agency"), pl.col("first_year") >= 2022)
    began = own.filter(pl.col("start_date").is_between(first_day, pl.date(pl.col("first_year"), 9, 30)))
    wanted = targets.wanted("workforce", LAS, list(YEARS))
    assert began.height == wanted["n_starters"].sum()


def test_kingston_returns_the_workers_of_richmond(lives):
    assert "E09000027" not in lives["worker_years"]["la_code"].to_list()
    assert "E09000027" not in lives["workforce"]["la_code"].to_list()


def test_leavers_left_in_the_year_and_have_no_hours_but_had_some(lives):
    rows = lives["worker_years"].filter(kind="leaver").join(lives["worker_posts"], on="post_id")
    opening, closing = pl.date(pl.col("return_year") - 1, 10, 1), pl.date(pl.col("return_year"), 9, 30)
    assert rows.filter(~pl.col("end_date").is_between(opening, closing)).is_empty()
    assert rows["fte"].max() == 0
    assert rows["fte_before"].min() > 0
    assert rows["leaver_destination"].null_count() == rows["reason_leave"].null_count() == 0
    assert rows["cases"].drop_nulls().is_empty()


def test_hours_of_a_post_lie_between_nothing_and_full_time(lives):
    standing = lives["worker_years"].filter(pl.col("kind") != "leaver")
    assert standing["fte"].min() > 0
    assert standing["fte"].max() <= 1


def test_a_worker_who_moves_leaves_before_starting_elsewhere(lives):
    posts = lives["worker_posts"].sort("worker_id", "start_date")
    moves = posts.filter(pl.col("worker_id").is_duplicated())
    assert moves.height > 0
    before = moves.with_columns(left=pl.col("end_date").shift(1).over("worker_id"))
    again = before.filter(pl.col("left").is_not_null())
    assert again.filter(pl.col("start_date") <= pl.col("left")).is_empty()
    assert again["la_code"].len() > 0


def test_workers_are_adults_with_one_number_each(lives):
    workers, posts = lives["workers"], lives["worker_posts"]
    assert set(workers["worker_id"]) == set(posts["worker_id"])
    assert workers["swe_number"].is_unique().all()
    assert workers["swe_number"].str.contains(r"^[A-Za-z]{2}\d{1,10}$").all()
    first = posts.join(workers, on="worker_id").select(age=pl.col("start_date") - pl.col("birth_date"))
    assert first["age"].min().days >= 22 * 365


def test_agency_workers_have_contracts_and_no_role(lives):
    agency = lives["worker_years"].filter(kind="agency")
    assert agency["org_role"].drop_nulls().is_empty()
    assert agency["contract_weeks"].null_count() == 0
    assert lives["worker_years"].filter(kind="in_post")["org_role"].null_count() == 0


def test_the_same_seed_makes_the_same_lives(lives):
    again = workforce.live(LAS, YEARS, 3, 1.0)
    assert all(lives[name].equals(again[name]) for name in lives)


@pytest.mark.parametrize("las", [["E09000027"], ["E09000001"]])
def test_almost_nothing_can_be_made_too(las):
    made = workforce.live(las, range(2025, 2026), 1, 0.02)
    assert made["worker_posts"].filter(pl.col("start_date") > date(2025, 9, 30)).is_empty()
