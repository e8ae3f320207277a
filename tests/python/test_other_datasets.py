"""The datasets that came with YAML, seeds and SQL alone: landed as CSV and as a workbook, checked, and counted."""

import pytest
from conftest import Data
from made_up import CHILD_ID, table, workbook

from loaders import spec, vault
from loaders.quality import run_checks

DAY = "2024-06-30"
# One row per table, written by hand; what is not given is blank.
SENT = {
    "early_help": {
        "families": {"la_code": "202", "eh_family_id": "F1", "family_size": "4", "postcode_sector": "N1 1"},
        "episodes": {
            "earl_episode_id": "E1",
            "earl_person_id": CHILD_ID,
            "eh_family_id": "F1",
            "earl_episode_start_date": "2024-05-01",
            "earl_episode_end_date": "2024-06-20",
            "earl_episode_reason": "Behaviour",
            "earl_episode_end_reason": "Step up to social care",
        },
        "assessments": {
            "child_id": CHILD_ID,
            "assessment_start_date": "2024-05-01",
            "assessment_completion_date": "20/05/2024",
            "organisation": "A school",
        },
        "family_needs": {
            "eh_family_id": "F1",
            "claim_ref": "C1",
            "outcome_no": "3",
            "need_identified_date": "2024-05-02",
            "outcome_achieved_date": "2024-06-10",
            "sustained": "U",
        },
        "family_claims": {
            "eh_family_id": "F1",
            "claim_ref": "C1",
            "whole_family_assessment_date": "2024-05-10",
            "claim_type": "SSP",
            "claim_date": "2024-06-15",
            "audit_status": "PASS",
        },
    },
    "plo": {
        "cases": {
            "la_code": "202",
            "prep_person_id": CHILD_ID,
            "prep_plo_family_id": "F1",
            "prep_pre_pro_decision_date": "2024-01-10",
            "prep_pre_pro_outcome": "ISSUE",
            "prep_agree_stepdown_issue_date": "2024-04-10",
            "prep_pre_pro_parents_legal_rep": "Y",
            "prep_care_proc_short_notice": "N",
            "prep_prev_care_proc_child": "1",
            "prep_la_inital_plan_approved": "Y",
            "proceedings_issued_date": "2024-05-01",
        },
    },
    "your_choice": {
        "participants": {
            "la_code": "202",
            "yc_participant_id": "P1",
            "child_id": CHILD_ID,
            "birth_date": "2009-02-01",
            "referral_date": "2024-03-01",
            "panel_risk": "HIGH",
            "sex": "M",
            "start_date": "2024-04-01",
            "end_date": "2024-06-24",
            "end_reason": "COMP",
        },
        "sessions": {"yc_participant_id": "P1", "session_date": "2024-04-01", "session_no": "1", "attended": "Y"},
        "scores": {"yc_participant_id": "P1", "measure": "SDQ", "wave": "B", "scale": "total", "score": "17.5"},
        "practitioners": {"la_code": "202", "practitioner_id": "W1", "training_completed_date": "2024-02-01"},
        "supervisions": {"practitioner_id": "W1", "supervision_date": "2024-05-01", "attended": "Y"},
        "activity_spend": {
            "yc_participant_id": "P1",
            "spend_date": "2024-05-01",
            "item": "Swimming",
            "amount_gbp": "7.50",
        },
    },
    "care_leavers_compact": {
        "la_offers": {"la_code": "202", "baseline_date": DAY, "offer": "CTAX", "status": "PART", "age_limit": "25"},
        "care_leavers": {
            "la_code": "202",
            "child_id": CHILD_ID,
            "baseline_date": DAY,
            "birth_date": "2004-02-29",
            "clea_care_leaver_eligibility": "FR",
            "clea_care_leaver_in_touch": "YES",
            "clea_care_leaver_accom_suitable": "1",
            "clea_care_leaver_activity": "F2",
            "resident_la": "202",
            "council_tax_exempt": "Y",
        },
    },
    "covid_weekly": {
        "children": {
            "la_code": "202",
            "week_ending": "2021-05-07",
            "group": "CLA",
            "children": "250",
            "contact_last_4_weeks": "240",
            "wave": "20",
        },
        "workforce": {"la_code": "202", "week_ending": "2021-05-07", "staff_group": "SW", "unavailable_percent": "7.5"},
        "activity": {
            "la_code": "202",
            "week_ending": "2021-05-07",
            "measure": "REFERRAL",
            "source": "POL",
            "value": "31",
        },
        "pressures": {"la_code": "202", "week_ending": "2021-05-07", "topic": "COURT", "rag": "A"},
    },
}
DAYS = {"covid_weekly": "2021-05-07"}
# table, column as sent, a value that is wrong, the field as the specification has it, the rule that it fails
BAD = {
    "early_help": ("family_needs", "outcome_no", "11", "outcome_no", "code"),
    "plo": ("cases", "prep_agree_stepdown_issue_date", "2024-01-09", "stepdown_or_issue_date", "conflict"),
    "your_choice": ("scores", "score", "high", "score", "pattern"),
    "care_leavers_compact": ("la_offers", "age_limit", "26", "age_limit", "pattern"),
    "covid_weekly": ("workforce", "unavailable_percent", "101", "unavailable_percent", "pattern"),
}
RETURNS = pytest.mark.parametrize("name", sorted(SENT))


def rows_of(row: dict) -> list[list]:
    return [list(row), list(row.values())]


def sheets(name: str, tables: dict) -> dict[str, list[list]]:
    """A sheet per table, called as the specification calls it."""
    return {spec.returns()[name].table(one).meta.sheet: rows_of(row) for one, row in tables.items()}


def put_csv(data, name: str, tables: dict) -> None:
    for one, row in tables.items():
        data.put(f"202/{name}/{DAYS.get(name, DAY)}/{one}.csv", table(*rows_of(row)))


def landed(data, name: str) -> dict:
    """The values that stand in raw, by table and column as specified."""
    return {
        one.name: {column.name: row[column.name] for column in one.columns if row[column.name] is not None}
        for one in spec.returns()[name].tables
        for row in data.raw(one.identifier)
    }


def failures(data) -> set:
    return set(data.ask("select table_name, column_name, value, rule from vault.quality.field_failures"))


@RETURNS
def test_every_table_is_sent_here(name):
    assert set(SENT[name]) == {one.name for one in spec.returns()[name].tables}


@RETURNS
def test_csv_files_and_a_workbook_land_the_same(data, new_data, name):
    put_csv(data, name, SENT[name])
    outcomes = data.load()
    assert {one.status for one in outcomes.values()} == {"landed"}, outcomes
    assert not [finding for one in outcomes.values() for finding in one.findings if "unmapped" in finding]
    other = new_data("other")
    other.put(f"202/{name}/{DAYS.get(name, DAY)}/all.xlsx", workbook(sheets(name, SENT[name])))
    outcome = other.load()["all.xlsx"]
    assert (outcome.status, outcome.return_name) == ("landed", name), outcome.reason
    assert outcome.table_rows == dict.fromkeys(SENT[name], 1)
    values = landed(data, name)
    assert values == landed(other, name)
    assert [len(one) for one in values.values()] == [len(one) for one in SENT[name].values()]


@RETURNS
def test_a_bad_value_is_named_and_no_other(data, name):
    one, sent_as, value, column, rule = BAD[name]
    put_csv(data, name, SENT[name] | {one: SENT[name][one] | {sent_as: value}})
    data.load()
    run_checks(data.home)
    assert failures(data) == {(one, column, value, rule)}


@pytest.mark.parametrize(
    ("name", "one", "column"),
    [("covid_weekly", "children", "week_ending"), ("care_leavers_compact", "care_leavers", "baseline_date")],
)
def test_a_day_after_that_of_the_folder_counts_nothing_and_is_named(data, name, one, column):
    put_csv(data, name, SENT[name] | {one: SENT[name][one] | {column: "2030-01-04"}})
    data.load()
    run_checks(data.home)
    assert failures(data) == {(one, column, "2030-01-04", "conflict")}


# Camden's children of 0 to 17: 35,276 in mid-2024 and 36,574 in mid-2021, as the Department used them
EXPECTED = {
    "early_help": {
        "E01": (0, 35276),
        "E02": (50, 1),  # 1 May to 20 June
        "E03-R": (1, 1),  # E03 waits for the censuses
        "E04": (0, 1),  # one need
        "E05": (1, 1),
        "E06": (1, 1),
    },
    "plo": {
        "P01": (0, None),
        "P01-F": (0, None),
        "P02": (13, 1),  # 10 January to 10 April 2024: 91 days
        "P02-W": (1, 1),
        "P03": (0, 1),
        "P03-I": (1, 1),
        "P04": (0, 0),
        "P04-M": (0, 0),
        "P05": (1, 1),
        "P06": (0, 1),
        "P07": (0, 0),
        "P08": (0, 0),
        "P08-A": (0, 0),
        "P09": (0, 0),
        "P09-C": (1, 1),
    },
    "your_choice": {
        "C01": (0, None),  # referred in the quarter before
        "C01-S": (1, 0),
        "C01-C": (1, 1),
        "C02": (1, 12),  # 1 April to 24 June: 84 days
        "C03": (0, 1),
        "C04": (1, 1),
        "C05": (0, 0),
        "C05-G": (0, 0),
        "C06": (1, 1),
        "C06-S": (0, 1),  # supervised in May
        **dict.fromkeys(["C07", "C07-S", "C07-E", "C07-L", "C07-R"], (1, 1)),
    },
    "care_leavers_compact": {
        "L02": (1, 1),
        **dict.fromkeys(["L02-T", "L02-P", "L02-D", "L02-H", "L02-R", "L02-N"], (0, 1)),
        "L03": (1, 1),
        **dict.fromkeys(["L03-T", "L03-P", "L03-H"], (0, 1)),
        "L04": (1, 1),
        "L04-E": (1, 1),
        "L04-T": (1, 1),
        "L05": (0, 1),
    },
    "covid_weekly": {
        "V01": (240, 250),  # two weeks and the other groups were not sent, nor a week to compare with
        "V04": (31, 36574),
    },
}
PARTS = {
    ("E06", "headline", "Improved mental and physical health", 1, 1),
    ("C07", "age_band", "15 to 17", 1, 1),
    ("C07-L", "looked_after", "Unknown", 1, 1),
    ("C07-R", "risk", "High", 1, 1),
    ("V04", "referral_source", "Police", 31, None),
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory) -> list[tuple]:
    """What `msr_all` says of one authority that has sent one small file of each table."""
    data = Data(tmp_path_factory.mktemp("counted") / "data")
    for name, tables in SENT.items():
        put_csv(data, name, tables)
    only = ["--resource-type", "seed", "--resource-type", "model"]
    for step in (["load"], ["dbt", "--quiet", "build", "-s", "+msr_all", *only]):
        said = data.liia(*step)
        assert said.returncode == 0, said.stdout + said.stderr
    with vault.connect(data.home, warehouse=True) as connection:
        return connection.execute(
            "select measure_id, cast(period_end as varchar), breakdown, breakdown_value, numerator, denominator"
            " from warehouse.measures.msr_all"
        ).fetchall()


def test_one_small_file_of_each_dataset_is_counted(counted):
    totals = {(day, name): counts for name, day, breakdown, _, *counts in counted if breakdown == "all"}
    assert totals == {
        (DAYS.get(return_name, DAY), name): list(counts)
        for return_name, measures in EXPECTED.items()
        for name, counts in measures.items()
    }


def test_counts_are_divided_by_what_was_sent(counted):
    parts = {(name, by, value, *counts) for name, _, by, value, *counts in counted}
    assert parts >= PARTS
