"""Lives in need keep to their quotas and to the order in which things happen; the census says what the year knew."""

import re
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loaders import spec
from synthetic import draw, need, need_days, need_links, need_lots
from synthetic.reports import cin

CAMDEN, HACKNEY = "E09000007", "E09000012"
YEARS = range(2022, 2025)
WITHIN_YEAR = pl.col("CINreferralDate").is_between(pl.lit(date(2023, 4, 1)), pl.lit(date(2024, 3, 31)))
NOT_IN_NEED = pl.col("ReasonForClosure").is_in(["RC8", "RC9"]).fill_null(False) & ~pl.col("ReferralNFA")
IN_NEED = ~NOT_IN_NEED & ~pl.col("ReferralNFA")


def care() -> dict[str, pl.DataFrame]:
    """Three children in care: two times with a month between, an adoption, and one who is still there."""
    spells = pl.DataFrame(
        [
            (1, 1, date(2021, 6, 1), date(2022, 6, 1), "E4A", "N1"),
            (2, 1, date(2022, 7, 1), date(2023, 7, 3), "E45", "N1"),
            (3, 2, date(2022, 5, 2), date(2023, 11, 15), "E11", "N1"),
            (4, 3, date(2018, 1, 8), None, None, "N2"),
        ],
        schema=["period_id", "child_id", "start_date", "end_date", "reason_ceased", "need"],
        orient="row",
    )
    children = pl.DataFrame(
        {
            "child_id": [1, 2, 3],
            "person_id": [1, 2, 3],
            "la_code": [CAMDEN, CAMDEN, HACKNEY],
            "birth_date": [date(2012, 1, 1), date(2022, 3, 1), date(2010, 5, 5)],
            "sex": ["M", "F", "F"],
            "ethnicity": ["WBRI", "BAFR", "WOTH"],
            "disabilities": [[], [], ["LD"]],
            "is_uasc": [False, False, False],
            "household_id": [1, 2, 3],
        }
    ).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("la_child_id", "upn")),
        *(pl.lit(None, pl.Date).alias(name) for name in ("death_date", "first_baby_date")),
        pl.col("disabilities").cast(pl.List(pl.String)),
    )
    about = children.select("child_id", "la_code")
    periods = spells.join(about, on="child_id", maintain_order="left").with_columns(
        start_legal_status=pl.lit("V2"), is_short_breaks=pl.lit(False)
    )
    return {"children": children, "periods": periods}


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.DataFrame]:
    made = need.live(care(), [CAMDEN, HACKNEY], YEARS, 7, 0.2)
    return made | {"children": made["children"].with_columns(la_child_id=pl.col("child_id").cast(pl.String))}


@pytest.fixture(scope="module")
def wanted() -> pl.DataFrame:
    return need.wanted_figures([CAMDEN, HACKNEY], YEARS, 0.2).filter(return_year=2024)


def test_numbers_of_a_year_are_the_wanted_ones(lives, wanted):
    details = cin.rows(lives, None, 2024)["cin_details"]
    made = details.group_by("la_code", maintain_order=True).agg(
        n_referrals=WITHIN_YEAR.sum(),
        n_nfa=pl.col("ReferralNFA").sum(),
        n_started=(WITHIN_YEAR & IN_NEED).sum(),
        n_stock=(IN_NEED & pl.col("CINclosureDate").is_null()).sum(),
    )
    assert_frame_equal(
        made.sort("la_code"),
        wanted.select("la_code", "n_referrals", "n_nfa", "n_started", "n_stock"),
        check_dtypes=False,
    )


def test_plans_conferences_and_assessments_are_the_wanted_ones(lives, wanted):
    rows = cin.rows(lives, None, 2024)
    year = (pl.lit(date(2023, 4, 1)), pl.lit(date(2024, 3, 31)))

    def count(frame: pl.DataFrame) -> list[int]:
        return frame.group_by("la_code").len().sort("la_code")["len"].to_list()

    plans, enquiries = rows["child_protection_plans"], rows["section_47"]
    conferences = pl.concat(
        [frame.select("la_code", "DateOfInitialCPC") for frame in (enquiries, rows["cin_details"])]
    ).filter(pl.col("DateOfInitialCPC").is_between(*year))
    assert count(plans.filter(pl.col("CPPstartDate").is_between(*year))) == wanted["n_plans_started"].to_list()
    assert count(plans.filter(pl.col("CPPendDate").is_null())) == wanted["n_plans_stock"].to_list()
    assert count(conferences) == wanted["n_conferences"].to_list()
    assert count(enquiries.filter(pl.col("S47ActualStartDate").is_between(*year))) == wanted["n_section_47s"].to_list()
    done = rows["assessments"].filter(pl.col("AssessmentAuthorisationDate").is_not_null())
    assert count(done) == wanted["n_assessments"].to_list()


def test_re_referrals_are_the_wanted_ones(lives, wanted):
    referrals = pl.concat([cin.rows(lives, None, year)["cin_details"] for year in YEARS])
    referrals = referrals.unique("_life").sort("_child_id", "CINreferralDate")
    before = pl.col("CINreferralDate").shift(1).over("_child_id")
    again = referrals.filter(before >= pl.col("CINreferralDate").dt.offset_by("-12mo")).filter(WITHIN_YEAR)
    assert again.group_by("la_code").len().sort("la_code")["len"].to_list() == wanted["n_re_referrals"].to_list()


def test_primary_needs_of_the_stock_are_the_wanted_ones(lives, wanted):
    details = cin.rows(lives, CAMDEN, 2024)["cin_details"].filter(IN_NEED, pl.col("CINclosureDate").is_null())
    share = wanted.filter(la_code=CAMDEN)["p_need_N1"].item() / 100
    assert details.filter(PrimaryNeedCode="N1").height == pytest.approx(share * details.height, abs=1.5)


def test_waiting_referrals_count_as_in_need_and_are_no_ends(lives):
    """The published leak: in need on 31 March, closed as not in need in the next year."""
    before = cin.rows(lives, None, 2023)["cin_details"].filter(IN_NEED, pl.col("CINclosureDate").is_null())
    after = cin.rows(lives, None, 2024)["cin_details"].filter(NOT_IN_NEED, ~WITHIN_YEAR)
    assert after.height > 0
    assert set(after["_life"]) <= set(before["_life"])


def test_times_in_care_lie_in_an_episode_of_need(lives):
    episodes = lives["episodes"].filter(pl.col("child_id") <= 3).sort("child_id", "referral_date")
    first = {child: episodes.filter(child_id=child).row(0, named=True) for child in (1, 2, 3)}
    assert first[1]["referral_date"] <= date(2021, 6, 1)
    assert first[1]["closure_date"] >= date(2023, 7, 3)
    assert first[1]["closure_reason"] == "RC4"
    assert first[2]["closure_reason"] == "RC1"
    assert date(2023, 11, 15) <= first[2]["closure_date"] <= date(2024, 3, 31)
    assert first[3]["closure_date"] is None
    assert first[3]["primary_need"] == "N2"


def test_things_happen_in_order(lives):
    episodes = lives["episodes"].with_columns(end=pl.col("closure_date").fill_null(date(2099, 1, 1)))
    ends = pl.when("is_nfa").then("referral_date").otherwise("end")
    following = episodes.sort("child_id", "referral_date").select(
        gap=pl.col("referral_date") > ends.shift(1).over("child_id")
    )
    assert following["gap"].drop_nulls().all()
    held = episodes.select("episode_id", "referral_date", "end", "is_nfa", "child_id")

    def outside(name: str, start: str, end: str) -> int:
        rows = lives[name].join(held, on="episode_id", how="left")
        last = pl.col(end).fill_null(pl.col(start))
        inside = (pl.col(start) >= pl.col("referral_date")) & (last >= pl.col(start)) & (last <= pl.col("end"))
        return rows.filter((~inside | pl.col("is_nfa")).fill_null(True)).height

    assert outside("assessments", "start_date", "authorisation_date") == 0
    assert outside("section_47s", "start_date", "conference_date") == 0
    assert outside("cp_plans", "start_date", "end_date") == 0
    assert outside("cin_plans", "start_date", "end_date") == 0


def test_a_plan_begins_with_a_conference(lives):
    enquiries = lives["section_47s"].select("episode_id", day="conference_date")
    moves = lives["episodes"].select("episode_id", day="transfer_in_date")
    held = pl.concat([enquiries, moves]).drop_nulls().unique()
    plans = lives["cp_plans"].filter(pl.col("start_date") >= date(2021, 4, 1))
    assert plans.join(held, left_on=["episode_id", "start_date"], right_on=["episode_id", "day"], how="anti").is_empty()
    assert plans["start_date"].dt.weekday().max() <= 5


def test_child_in_need_plans_never_run_beside_protection_plans(lives):
    both = lives["cin_plans"].join(lives["cp_plans"], on="episode_id", suffix="_cp")
    later = date(2099, 1, 1)
    beside = (pl.col("start_date") < pl.col("end_date_cp").fill_null(later)) & (
        pl.col("start_date_cp") < pl.col("end_date").fill_null(later)
    )
    assert both.filter(beside).is_empty()


def test_brothers_and_sisters_are_referred_together(lives):
    firsts = lives["episodes"].sort("referral_date", "episode_id").unique("child_id", keep="first")
    homes = firsts.join(lives["children"].select("child_id", "household_id", "ethnicity"), on="child_id")
    sizes = homes.group_by("household_id").agg(n=pl.len(), days=pl.col("referral_date").n_unique())
    assert sizes["n"].max() > 1
    assert (sizes.filter(pl.col("n") > 1)["days"] == 1).mean() > 0.95


def test_the_same_seed_makes_the_same_lives(lives):
    again = need.live(care(), [CAMDEN, HACKNEY], YEARS, 7, 0.2)
    for name, frame in again.items():
        assert_frame_equal(
            frame, lives[name].with_columns(la_child_id=pl.lit(None, pl.String)) if name == "children" else lives[name]
        )


@pytest.mark.parametrize(("scale", "years"), [(0.02, range(2025, 2026)), (1.0, range(2021, 2023))])
def test_a_tiny_authority_can_be_made_alone(scale, years):
    none = {name: frame.head(0) for name, frame in care().items()}
    made = need.live(none, ["E09000001"], years, 1, scale)
    for year in years:
        assert cin.rows(made, "E09000001", year)["header"]["LEA"].to_list() == ["201"]


@pytest.mark.parametrize("year", YEARS)
def test_clean_rows_pass_every_check_of_their_field(lives, year):
    source = spec.returns()["cin"]
    for name, frame in cin.rows(lives, None, year).items():
        table = source.table(name)
        for column in table.columns:
            if not spec.within(column.meta.years, year):
                assert column.name not in frame.columns
                continue
            if column.name not in frame.columns:
                assert column.meta.required == "never", (name, column.name)
                continue
            values = frame[column.name]
            if column.meta.required == "always":
                assert values.null_count() == 0, (name, column.name)
            texts = values.drop_nulls().unique().cast(pl.String).to_list()
            if (pattern := source.pattern(column)) is not None:
                assert all(re.fullmatch(pattern, text) for text in texts), (name, column.name)
            if column.meta.code_list:
                codes = spec.code_list("cin", column.meta.code_list)
                assert set(texts) <= {code.code for code in codes if spec.within(code.years, year)}, (name, column.name)


def small_lives(**changes) -> dict[str, pl.DataFrame]:
    """One child of Camden with one episode, written by hand; `changes` replace frames."""
    frames = {
        "children": care()["children"].head(1).with_columns(la_child_id=pl.lit("A1"), upn=pl.lit("A202900017001")),
        "episodes": pl.DataFrame(
            {
                "episode_id": [5],
                "child_id": [1],
                "la_code": [CAMDEN],
                "referral_date": [date(2023, 3, 20)],
                "source": ["6"],
                "is_nfa": [False],
                "primary_need": ["N1"],
                "closure_date": [date(2024, 5, 1)],
                "closure_reason": ["RC7"],
            }
        ).with_columns(transfer_in_date=pl.lit(None, pl.Date)),
        "assessments": pl.DataFrame(
            {
                "assessment_id": [8],
                "episode_id": [5],
                "start_date": [date(2023, 3, 21)],
                "review_date": [date(2023, 4, 5)],
                "authorisation_date": [date(2023, 5, 9)],
            }
        ),
        "assessment_factors": pl.DataFrame({"assessment_id": [8, 8], "factor": ["3B", "4B"]}),
        "section_47s": pl.DataFrame(
            {
                "section_47_id": [9],
                "episode_id": [5],
                "start_date": [date(2023, 3, 22)],
                "target_date": [date(2023, 4, 14)],
                "conference_date": [date(2023, 4, 12)],
                "is_conference_not_required": [False],
            }
        ),
        "cin_plans": pl.DataFrame(
            {"episode_id": [5], "start_date": [date(2024, 2, 1)], "end_date": [date(2024, 4, 20)]}
        ),
        "cp_plans": pl.DataFrame(
            {
                "plan_id": [7],
                "episode_id": [5],
                "start_date": [date(2023, 4, 12)],
                "end_date": [date(2024, 1, 31)],
                "initial_category": ["NEG"],
                "latest_category": ["EMO"],
                "previous_plans": [0],
            }
        ),
        "cp_reviews": pl.DataFrame({"plan_id": [7, 7], "review_date": [date(2023, 7, 3), date(2023, 12, 18)]}),
    }
    return frames | changes


def test_a_year_knows_only_what_had_happened_by_its_31_march():
    first, second = (cin.rows(small_lives(), CAMDEN, year) for year in (2023, 2024))
    assert first["assessments"]["AssessmentAuthorisationDate"].to_list() == [None]
    assert first["assessment_factors"].is_empty()
    assert first["section_47"]["DateOfInitialCPC"].to_list() == [None]
    assert first["section_47"]["ICPCnotRequired"].to_list() == [False]
    assert first["child_protection_plans"].is_empty()
    assert second["assessment_factors"]["AssessmentFactors"].to_list() == ["3B", "4B"]
    assert second["section_47"]["DateOfInitialCPC"].to_list() == [date(2023, 4, 12)]
    assert second["cin_plan_dates"]["CINPlanEndDate"].to_list() == [None]
    assert second["cin_details"]["ReasonForClosure"].to_list() == [None]
    assert second["cpp_reviews"].select("parent", "CPPreviewDate").rows() == [
        (1, date(2023, 7, 3)),
        (1, date(2023, 12, 18)),
    ]


def test_the_last_review_before_a_year_comes_back_in_it():
    plans = small_lives()["cp_plans"].with_columns(end_date=pl.lit(date(2024, 6, 1)))
    reviews = cin.rows(small_lives(cp_plans=plans), CAMDEN, 2025)["cpp_reviews"]
    assert reviews["CPPreviewDate"].to_list() == [date(2023, 12, 18)]


def test_sex_ethnicity_and_number_of_an_unborn_child_are_not_known():
    children = small_lives()["children"].with_columns(birth_date=pl.lit(date(2024, 5, 1)))
    before = cin.rows(small_lives(children=children), CAMDEN, 2024)
    after = cin.rows(small_lives(children=children), CAMDEN, 2025)
    assert before["child_identifiers"].select("PersonBirthDate", "ExpectedPersonBirthDate", "GenderCurrent").row(0) == (
        None,
        date(2024, 5, 1),
        "0",
    )
    assert before["child_identifiers"].select("UPN", "UPNunknown").row(0) == (None, None)
    assert before["child_characteristics"]["Ethnicity"].to_list() == ["NOBT"]
    assert before["disabilities"].is_empty()
    assert after["child_identifiers"].select("PersonBirthDate", "UPNunknown", "Sex").row(0) == (
        date(2024, 5, 1),
        "UN1",
        "M",
    )


def test_a_referral_without_further_action_is_told_once():
    episodes = small_lives()["episodes"].with_columns(
        is_nfa=pl.lit(True), closure_date=pl.lit(None, pl.Date), closure_reason=pl.lit(None, pl.String)
    )
    nothing = {name: frame.head(0) for name, frame in small_lives().items() if name not in ("children", "episodes")}
    told = cin.rows(small_lives(episodes=episodes, **nothing), CAMDEN, 2023)
    assert told["cin_details"]["ReferralNFA"].to_list() == [True]
    assert told["child_identifiers"]["UPNunknown"].to_list() == ["UN7"]
    assert cin.rows(small_lives(episodes=episodes, **nothing), CAMDEN, 2024)["cin_details"].is_empty()


def test_working_days_pass_over_weekends_and_bank_holidays():
    thursday = np.array([np.datetime64("2024-03-28").astype(int)])  # before Easter
    days = [need_days.working_days_after(thursday, np.array([number]))[0] for number in (0, 1, 2)]
    assert [str(np.datetime64(int(day), "D")) for day in days] == ["2024-03-28", "2024-04-02", "2024-04-03"]
    assert need_days.working_days_before(np.array(days[2:]), np.array([2]))[0] == thursday[0]
    assert need_days.working_days_between(thursday, np.array(days[2:]))[0] == 2


def test_stock_and_flow_meets_starts_and_stocks_around_fixed_spells():
    wanted = pl.DataFrame(
        {
            "la_code": ["A"] * 3,
            "return_year": pl.Series([2020, 2021, 2022], dtype=pl.Int32),
            "starts": [0, 10, 6],
            "open_1": [4, 5, 3],
            "open_2": [3, 2, 2],
            "open_3": [3, 3, 4],
        }
    )
    fixed = pl.DataFrame(
        [(1, "A", 2010, None, False), (2, "A", 2021, 2021, True), (3, "A", 2021, 2022, True)],
        schema={
            "key": pl.Int64,
            "la_code": pl.String,
            "start_year": pl.Int32,
            "until_year": pl.Int32,
            "ends_then": bool,
        },
        orient="row",
    )
    spells = need_lots.stock_and_flow(wanted, fixed, range(2021, 2023), draw.generator(1, "test"))
    end = pl.col("end_year").fill_null(2099)
    counts = [spells.filter(pl.col("start_year") <= year, end > year).height for year in (2020, 2021, 2022)]
    assert counts == [10, 10, 9]
    assert spells.group_by("start_year").len().sort("start_year")["len"].to_list()[-2:] == [10, 6]
    assert dict(spells.filter(pl.col("key").is_not_null()).select("key", "end_year").sort("key").rows()) == {
        1: None,
        2: 2021,
        3: 2022,
    }


def test_families_have_one_to_four_members_of_one_group():
    rows = pl.DataFrame({"group": ["a"] * 500 + ["b"] * 500})
    found = rows.with_columns(family=need_lots.families(rows, ["group"], draw.generator(1, "test")))
    sizes = found.group_by("family").agg(n=pl.len(), groups=pl.col("group").n_unique())
    assert sizes["groups"].max() == 1
    assert sizes["n"].min() == 1
    assert sizes["n"].max() == need_lots.LARGEST_FAMILY


def test_what_is_settled_stays_and_each_stock_has_its_shares():
    stock = pl.DataFrame(
        [(key, "A", 2021) for key in range(4)] + [(key, "A", 2022) for key in range(2, 10)],
        schema={"key": pl.Int64, "la_code": pl.String, "return_year": pl.Int32},
        orient="row",
    )
    shares = pl.DataFrame(
        [("A", year, value, 1.0) for year in (2021, 2022) for value in "xy"],
        schema={"la_code": pl.String, "return_year": pl.Int32, "value": pl.String, "weight": pl.Float64},
        orient="row",
    )
    known = pl.DataFrame({"key": [2, 3], "value": ["x", "x"]}, schema={"key": pl.Int64, "value": pl.String})
    found = dict(need_lots.settled(stock, shares, "value", known, draw.generator(1, "test")).rows())
    assert [found[key] for key in range(4)] == ["y", "y", "x", "x"]
    assert sorted(found[key] for key in range(2, 10)) == ["x"] * 4 + ["y"] * 4


def test_first_referrals_follow_the_chain_to_its_start():
    assert need_links.first_referrals(np.array([-1, 0, -1, 1, 2])).tolist() == [0, 0, 2, 0, 2]
