"""The datasets that came with YAML, seeds and SQL alone land as CSV and as a workbook, and a bad value is named."""

import pytest
from made_up import CHILD_ID, table, workbook

from loaders import spec
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
            "earl_episode_reason": "Behaviour",
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
            "sustained": "U",
        },
        "family_claims": {"eh_family_id": "F1", "claim_ref": "C1", "claim_type": "SSP", "audit_status": "PASS"},
    },
    "plo": {
        "cases": {
            "la_code": "202",
            "prep_person_id": CHILD_ID,
            "prep_plo_family_id": "F1",
            "prep_pre_pro_decision_date": "2024-01-10",
            "prep_pre_pro_outcome": "ISSUE",
            "prep_agree_stepdown_issue_date": "2024-04-10",
            "prep_la_inital_plan_approved": "Y",
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
        },
        "sessions": {"yc_participant_id": "P1", "session_date": "2024-04-01", "session_no": "1", "attended": "DNA"},
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
        },
    },
    "covid_weekly": {
        "children": {"la_code": "202", "week_ending": "2021-05-07", "group": "CLA", "children": "250", "wave": "20"},
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
