"""The lists of an area SEND inspection: told from Annex A's, whose sheets are called the same; checked; keyed."""

from datetime import date

import duckdb
import pytest
from made_up import CHILD_ID, SEND_COLUMNS, SEND_ROW, UPN, contacts, early_help, send_lists, workbook

from loaders import vault
from loaders.quality import failures
from loaders.quality.checks import render

HERE = "202/annex_a_send/2024-06-30"
WHERE = {"la": "202", "period": "2024-06-30"}
ANNEX_A = {"List_1": contacts(), "List_2": early_help()}


def of_row(**changes) -> list:
    """A row of list 2 with other values, by the place of their columns."""
    places = {"child_id": 0, "upn": 1, "uln": 2, "born": 3, "gender": 4, "urn": 7, "second": 9, "absence": 12}
    row = list(SEND_ROW)
    for name, value in changes.items():
        row[places[name]] = value
    return row


def test_the_two_lists_land_as_one_submission(data):
    data.put(f"{HERE}/area send.xlsx", workbook(send_lists()))
    outcome = data.load()["area send.xlsx"]
    assert (outcome.status, outcome.return_name, outcome.findings) == ("landed", "annex_a_send", [])
    assert outcome.table_rows == {"plans": 1, "sen_support": 1}
    (plan,), (support,) = (data.raw(f"annex_a_send__{name}") for name in ("plans", "sen_support"))
    assert plan["child_id"] == support["child_id"] == CHILD_ID
    assert (plan["initial_plan_date"], plan["elective_home_education"]) == ("2020-05-01", "b) No")
    assert (support["main_urn"], support["absence"], support["unmapped"]) == ("900001", "12.5", None)


@pytest.mark.parametrize(("sheets", "told"), [(send_lists(), "annex_a_send"), (ANNEX_A, "annex_a")])
def test_sheets_of_one_name_are_told_apart_by_their_headers(data, sheets, told):
    assert data.one(workbook(sheets), **WHERE).return_name == told


def test_headers_that_both_may_have_are_of_the_return_that_knows_more_of_them(data):
    """`Child ID` is a name of the reference in either return."""
    sheets = {name: [["Child ID", *header[1:]], *rows] for name, (header, *rows) in ANNEX_A.items()}
    assert data.one(workbook(sheets), **WHERE).return_name == "annex_a"
    sheets = send_lists(columns=["Child ID", *SEND_COLUMNS[1:]])
    assert data.one(workbook(sheets), **WHERE).return_name == "annex_a_send"


@pytest.mark.parametrize(
    ("folder", "own", "other", "what"),
    [
        ("annex_a_send", send_lists(), ANNEX_A, "annex_a"),
        ("annex_a_send", send_lists(), {"List_1": contacts()}, "annex_a"),
        ("annex_a", ANNEX_A, send_lists(), "annex_a_send"),
    ],
)
def test_a_workbook_in_the_folder_of_the_other_is_refused_and_nothing_is_lost(data, folder, own, other, what):
    data.put(f"202/{folder}/2024-06-30/own.xlsx", workbook(own))
    data.load()
    before = data.everything()
    file = data.put(f"202/{folder}/2024-06-30/other.xlsx", workbook(other))
    outcome = data.load(file)["other.xlsx"]
    assert outcome.status == "rejected"
    assert outcome.reason == f"it lies in a folder for {folder} and is {what}; move it, or send the right file"
    assert data.everything() == before
    assert file.exists()


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, set()),
        ({"born": date(1998, 7, 1)}, set()),  # 25 for one day more
        ({"born": date(1998, 6, 30)}, {("birth_date", "conflict")}),
        ({"born": date(2024, 7, 1)}, {("birth_date", "conflict")}),
        ({"born": date(2018, 7, 1), "upn": None}, set()),  # 5
        ({"born": date(2018, 6, 30), "upn": None}, {("upn", "conflict")}),
        ({"upn": None, "uln": 1234567890}, set()),
        ({"upn": "UN3"}, set()),
        ({"upn": "unknown"}, {("upn", "pattern")}),
        ({"urn": None}, {("main_urn", "conflict")}),
        ({"urn": None, "second": "g) Special"}, set()),
        ({"urn": None, "born": date(2008, 6, 30)}, set()),  # 16
        ({"urn": None, "born": date(2008, 7, 1)}, {("main_urn", "conflict")}),
        ({"absence": 100.5}, {("absence", "conflict")}),
        ({"absence": "n/a"}, {("absence", "pattern")}),
        ({"gender": 1}, set()),
        ({"gender": "d"}, set()),
        ({"gender": None}, {("gender", "missing")}),
        ({"gender": "e) Other"}, {("gender", "code")}),
    ],
)
def test_a_rule_of_either_list_finds_what_breaks_it_and_nothing_else(data, changes, failed):
    data.one(workbook(send_lists(of_row(**changes))), **WHERE)
    with vault.connect(data.home, vault=True) as connection:
        failures.store(connection, failures.landed(connection))
    found = data.ask("select table_name, column_name, rule from vault.quality.field_failures")
    for table in ("plans", "sen_support"):
        assert {tuple(rest) for name, *rest in found if name == table} == failed, table


@pytest.mark.parametrize(
    ("days", "failed"),
    [
        ((date(2024, 6, 30), date(2024, 6, 30), date(2024, 6, 30)), []),
        ((date(2024, 7, 1), None, None), ["initial_plan_date"]),
        ((date(2024, 5, 1), date(2024, 4, 30), None), ["initial_plan_date"]),
        ((date(2024, 5, 1), None, date(2024, 4, 30)), ["initial_plan_date"]),
        ((date(2024, 5, 1), date(2024, 7, 1), date(2024, 7, 1)), ["last_review_date", "updated_plan_date"]),
    ],
)
def test_a_plan_is_issued_then_updated_or_reviewed_and_all_of_it_before_the_day(data, days, failed):
    header, row = send_lists()["List_1"]
    data.one(workbook({"List_1": [header, [*row[:-4], *days, row[-1]]]}), **WHERE)
    with vault.connect(data.home, vault=True) as connection:
        failures.store(connection, failures.landed(connection))
    found = data.ask("select column_name, rule from vault.quality.field_failures order by all")
    assert found == [(name, "conflict") for name in failed]


def test_one_person_twice_is_a_duplicate(data):
    data.one(workbook(send_lists(SEND_ROW, SEND_ROW)), **WHERE)
    with vault.connect(data.home, vault=True) as connection:
        failures.store(connection, failures.landed(connection))
    found = data.ask("select column_name, rule, count(*) from vault.quality.field_failures group by all")
    assert found == [("child_id", "duplicate", 4)]


def test_a_learner_has_the_key_of_sen2():
    """The same number is the same learner in both; what is no number is nobody's key."""
    people = duckdb.connect()
    people.execute("set variable ipad = 'a'::blob; set variable opad = 'b'::blob")
    one = f"""
        select
            {render("{{ learner_key() }}")} as of_sen2,
            {render("{{ learner_key_if_numbered('UPN', 'ULN') }}")} as of_list
        from (
            select
                'E09000007' as la_code, 2024 as return_year, 'file' as source_file, 1 as source_row, $1 as "UPN",
                $2 as "UniqueLearnerNumber", $2 as "ULN", null as "Surname", null as "Forename",
                null as "PersonBirthDate"
        )
    """
    by_upn, by_both, by_uln = (
        people.execute(one, row).fetchone() for row in ([UPN, None], [UPN, "1"], [None, "9" * 10])
    )
    assert by_upn == by_both
    assert by_upn[0] == by_upn[1] != by_uln[1] == by_uln[0]
    for row in ([None, None], ["UN2", None], ["unknown", "0123456789"]):
        assert people.execute(one, row).fetchone()[1] is None
