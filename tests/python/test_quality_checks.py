"""What counts as a failure: a value that fails is stored as it was sent, and one that passes never is."""

import re
import shutil
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import spec, vault
from loaders.home import Home
from loaders.quality import checks, failures

LA = "E09000001"


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("data"))
    home.make()
    with vault.connect(home, vault=True) as opened:
        vault.prepare(opened)
        yield opened


def found(connection, return_name, table, year, rows, la_code=LA):
    """(column, rule, value) of every stored failure of these rows of one table."""
    identifier = spec.returns()[return_name].table(table).identifier
    connection.execute(f"delete from vault.raw.{identifier}")
    for number, row in enumerate(rows, start=1):
        where = {"la_code": la_code, "return_year": year, "period_end": f"{year}-03-31"}
        sent = where | {"source_file": "file", "source_row": number} | row
        names = ", ".join(f'"{name}"' for name in sent)
        connection.execute(
            f"insert into vault.raw.{identifier} ({names}) values ({', '.join('?' * len(sent))})",
            list(sent.values()),
        )
    failures.store(connection, failures.landed(connection))
    stored = connection.execute(
        "select column_name, rule, value from vault.quality.field_failures"
        " where return_name = ? and table_name = ? order by all",
        [return_name, table],
    ).fetchall()
    connection.execute(f"delete from vault.raw.{identifier}")
    return stored


EPISODE = {
    "CHILD": "A1",
    "DECOM": "01/05/2024",
    "RNE": "S",
    "LS": "C2",
    "CIN": "N1",
    "PLACE": "U1",
}
CIN_DETAILS = {
    "LAchildID": "A1",
    "CINreferralDate": "2024-05-01",
    "ReferralSource": "1A",
    "PrimaryNeedCode": "N1",
    "ReferralNFA": "false",
}
AGENCY_WORKER = {"AgencyWorker": "1", "SWENo": "SW1234567", "FTE": "1", "Cases30": "12"}
REFERRAL = {
    "child_id": "A1",
    "gender": "b) Female",
    "ethnicity": "a) WBRI",
    "referral_date": "2024-05-01",
    "referral_source": "1A",
    "referral_nfa": "No",
    "referrals_last_12_months": "1",
}
HEADER = {
    "Collection": "CIN",
    "Year": "2025",
    "ReferenceDate": "2025-03-31",
    "SourceLevel": "L",
    "LEA": "201",
    "SerialNo": "001",
    "DateTime": "2025-05-01T10:00:00",
}


@pytest.mark.parametrize(
    ("return_name", "table", "row", "passes"),
    [
        ("ssda903", "episodes", EPISODE, {}),
        ("cin", "cin_details", CIN_DETAILS, {}),
        ("cin", "header", HEADER, {}),
        # what staging repairs
        ("ssda903", "episodes", EPISODE, {"RNE": " s ", "CIN": "n1"}),
        ("ssda903", "episodes", EPISODE, {"CHILD": " a 1 ", "DECOM": "2024-05-01 00:00:00"}),
        ("ssda903", "episodes", EPISODE, {"CHILD": "123.0", "URN": "1234567.0", "HOME_POST": "n1 9gu"}),
        ("ssda903", "oc2", {"CHILD": "A1", "DOB": "1/2/2015"}, {"SDQ_SCORE": "10.0", "CONVICTED": "1.0"}),
        (
            "ssda903",
            "header",
            {"CHILD": "A1", "SEX": "F", "DOB": "01/02/2015", "ETHNIC": "wbri"},
            {"UPN": "un3"},
        ),
        ("cin", "cin_details", CIN_DETAILS, {"CINreferralDate": "01/05/2024", "ReferralNFA": "0"}),
        ("cin", "header", HEADER, {"LEA": "1", "Year": "2025.0"}),
        (
            "ssda903",
            "prev_perm",
            {"CHILD": "A1", "DOB": "01/02/2015", "PREV_PERM": "P1"},
            {"DATE_PERM": "zz/05/2019"},
        ),
        (
            "ssda903",
            "prev_perm",
            {"CHILD": "A1", "DOB": "01/02/2015", "PREV_PERM": "P1"},
            {"DATE_PERM": "2019-05-01"},
        ),
        ("annex_a", "referrals", REFERRAL, {"referrals_last_12_months": " 2.0 "}),
        # a check that is tolerated
        ("cin", "header", HEADER, {"CBDSLevel": "Child"}),
    ],
)
def test_a_value_that_passes_is_never_reported(connection, return_name, table, row, passes):
    assert found(connection, return_name, table, 2025, [row | passes]) == []


@pytest.mark.parametrize(
    ("return_name", "table", "row", "column", "value", "rule"),
    [
        ("ssda903", "episodes", EPISODE, "RNE", "Q", "code"),
        ("ssda903", "episodes", EPISODE, "RNE", "", "missing"),
        ("ssda903", "episodes", EPISODE, "RNE", " \t ", "missing"),
        ("ssda903", "episodes", EPISODE, "RNE", None, "missing"),
        ("ssda903", "episodes", EPISODE, "DECOM", "31/02/2024", "pattern"),
        ("ssda903", "episodes", EPISODE, "DECOM", "05/31/2024", "pattern"),
        ("ssda903", "episodes", EPISODE, "DECOM", " =1+1 ", "pattern"),
        ("ssda903", "episodes", EPISODE, "CHILD", "A/1", "pattern"),
        ("ssda903", "episodes", EPISODE, "CHILD", "A" * 21, "pattern"),
        ("ssda903", "episodes", EPISODE, "URN", "12345", "pattern"),
        ("ssda903", "oc2", {"CHILD": "A1", "DOB": "01/02/2015"}, "SDQ_SCORE", "41", "pattern"),
        ("ssda903", "oc2", {"CHILD": "A1", "DOB": "01/02/2015"}, "SDQ_SCORE", "10.5", "pattern"),
        ("cin", "cin_details", CIN_DETAILS, "ReferralNFA", "maybe", "pattern"),
        ("annex_a", "referrals", REFERRAL, "referrals_last_12_months", "1.5", "pattern"),
        ("annex_a", "referrals", REFERRAL, "referrals_last_12_months", "-1", "pattern"),
        ("annex_a", "referrals", REFERRAL, "age_years", "-2", "pattern"),
        ("cin", "header", HEADER, "LEA", "20x", "pattern"),
        ("cin", "header", HEADER, "DateTime", "yesterday", "pattern"),
    ],
)
def test_a_value_that_fails_is_reported_as_it_was_sent(connection, return_name, table, row, column, value, rule):
    reported = None if rule == "missing" else value
    assert found(connection, return_name, table, 2025, [row | {column: value}]) == [(column, rule, reported)]


def test_a_code_counts_in_its_own_years_only(connection):
    row = {"CHILD": "A1", "DOB": "01/02/2015", "ETHNIC": "WBRI", "UPN": "UN1"}
    assert found(connection, "ssda903", "header", 2024, [row | {"SEX": "1"}]) == []
    assert found(connection, "ssda903", "header", 2025, [row | {"SEX": "1"}]) == [("SEX", "code", "1")]
    assert found(connection, "ssda903", "header", 2024, [row | {"SEX": "F"}]) == [("SEX", "code", "F")]


def test_a_field_is_blank_in_the_years_that_do_not_collect_it(connection):
    row = {"LAchildID": "A1", "PersonBirthDate": "2015-02-01", "GenderCurrent": "1"}
    assert found(connection, "cin", "child_identifiers", 2024, [row]) == []
    assert found(connection, "cin", "child_identifiers", 2025, [row]) == [
        ("GenderCurrent", "out_of_years", "1"),
        ("Sex", "missing", None),
    ]


def test_a_table_that_a_year_does_not_have_fails_once_a_row(connection):
    row = {"LAchildID": "A1", "CINreferralDate": "nonsense", "CINPlanStartDate": "2021-05-01"}
    assert found(connection, "cin", "cin_plan_dates", 2021, [row]) == [("LAchildID", "out_of_years", "A1")]


def test_what_an_xml_file_says_once_is_checked_once(connection):
    row = {"LAchildID": "A/1", "CINreferralDate": "31/02/2024", "CINPlanStartDate": "2024-05-01"}
    assert found(connection, "cin", "cin_plan_dates", 2025, [row]) == []
    assert found(connection, "cin", "cin_plan_dates", 2025, [row | {"LAchildID": None}]) == [
        ("LAchildID", "missing", None)
    ]


def test_every_row_of_a_repeated_one_is_reported_however_it_is_spelt(connection):
    rows = [
        EPISODE,
        EPISODE | {"CHILD": "a1", "DECOM": "2024-05-01"},
        EPISODE | {"DECOM": "02/05/2024"},
        EPISODE | {"CHILD": None},
        EPISODE | {"CHILD": None},
    ]
    assert found(connection, "ssda903", "episodes", 2025, rows) == [
        ("CHILD", "missing", None),
        ("CHILD", "missing", None),
        ("DECOM", "duplicate", "01/05/2024"),
        ("DECOM", "duplicate", "2024-05-01"),
    ]


def test_two_authorities_may_use_the_same_child_reference(connection):
    rows = [EPISODE, EPISODE | {"la_code": "E09000002"}]
    assert found(connection, "ssda903", "episodes", 2025, rows) == []


@pytest.mark.parametrize(
    ("return_name", "table", "row", "conflict", "column"),
    [
        ("ssda903", "episodes", EPISODE, {"DEC": "01/06/2024"}, "REC"),
        ("ssda903", "episodes", EPISODE, {"REC": "E3"}, "DEC"),
        ("ssda903", "episodes", EPISODE, {"REC": "E3", "DEC": "2024-05-01"}, "DEC"),
        ("cin", "cin_details", CIN_DETAILS, {"CINreferralDate": "2025-04-01"}, "CINreferralDate"),
        ("cin", "cin_details", CIN_DETAILS, {"CINclosureDate": "2025-03-01"}, "ReasonForClosure"),
        ("cin", "cin_details", CIN_DETAILS, {"ReasonForClosure": "RC1"}, "CINclosureDate"),
        ("cin", "cin_details", CIN_DETAILS, {"PrimaryNeedCode": ""}, "PrimaryNeedCode"),
        ("csww", "workers", AGENCY_WORKER, {"WorkingDaysLost": "366.5"}, "WorkingDaysLost"),
        ("csww", "workers", AGENCY_WORKER, {"ContractWeeks": "501"}, "ContractWeeks"),
    ],
)
def test_fields_of_a_row_that_contradict_each_other_are_reported(connection, return_name, table, row, conflict, column):
    stored = found(connection, return_name, table, 2025, [row | conflict])
    assert [(field, rule) for field, rule, _ in stored] == [(column, "conflict")]


def test_fields_that_agree_are_no_conflict(connection):
    closed = CIN_DETAILS | {"CINclosureDate": "2025-03-01", "ReasonForClosure": "RC1"}
    nfa = CIN_DETAILS | {"CINreferralDate": "2025-03-31", "PrimaryNeedCode": "", "ReferralNFA": "1"}
    ended = EPISODE | {"DEC": "02/05/2024", "REC": "E3"}
    assert found(connection, "cin", "cin_details", 2025, [closed, nfa]) == []
    assert found(connection, "ssda903", "episodes", 2025, [ended]) == []


ANY_DATE = st.dates(date(1900, 1, 1), date(2099, 12, 31))
PADDING = st.sampled_from(["", " ", "\t", "  \n"])
WRITTEN = st.tuples(PADDING, ANY_DATE, st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%dT00:00:00"]), PADDING)
NOT_A_DATE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
    lambda text: text.strip(" ") and re.search(r"\S", text) and not re.search(r"\d", text)
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(good=st.lists(WRITTEN, max_size=8), bad=st.lists(NOT_A_DATE, max_size=8))
def test_dates_pass_in_any_usual_form_and_other_text_is_reported_verbatim(connection, good, bad):
    dates = [before + day.strftime(form) + after for before, day, form, after in good]
    rows = [{"LAchildID": f"C{i}", "PersonBirthDate": text, "Sex": "F"} for i, text in enumerate(dates + bad)]
    stored = found(connection, "cin", "child_identifiers", 2025, rows)
    assert sorted(value for column, rule, value in stored if (column, rule) == ("PersonBirthDate", "pattern")) == (
        sorted(bad)
    )
    assert {rule for _, rule, _ in stored} <= {"pattern"}


def test_every_check_of_every_year_is_sql_that_the_database_runs(connection):
    tables = [
        failures.Landed(source, table, year, None, 0)
        for source in spec.returns().values()
        for table in source.tables
        for year in range(2018, 2029)
    ]
    assert failures.store(connection, tables) == 0


def test_what_is_expected_is_said_in_words():
    for source in spec.returns().values():
        for table in source.tables:
            for year in range(2018, 2029):
                for check in checks.checks(source, table, year):
                    assert not re.search(r"[\\^$\[\]{}]", check.expected), check


def test_codes_are_named_in_runs_and_long_lists_are_cut_short():
    assert checks.code_names(("N1", "N2", "N3", "N0")) == "one of N1 to N3 or N0"
    assert checks.code_names(("0", "1")) == "one of 0 or 1"
    assert checks.code_names(("CIN",)) == "CIN"
    assert checks.code_names(("N1", "N2", "N3")) == "one of N1 to N3"
    assert checks.code_names(tuple("ACEGIKMOQSUWYBDFH")).endswith("and others, 17 codes in all")


def test_stored_failures_are_replaced_whole_or_not_at_all(connection, monkeypatch):
    assert found(connection, "ssda903", "episodes", 2025, [EPISODE | {"RNE": "Q"}])

    def fall_over(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(failures, "_store_duplicates", fall_over)
    with pytest.raises(RuntimeError):
        failures.store(connection, failures.landed(connection))
    kept = connection.execute("select count(*) from vault.quality.field_failures").fetchone()
    assert kept == (1,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("conflict: []", "conflict"),
        ("tolerated: [{table: episodes, column: NOSUCH, rule: code, why: none}]", "NOSUCH"),
        ("tolerated: [{table: nosuch, column: RNE, rule: code, why: none}]", "nosuch"),
    ],
)
def test_expectations_that_name_what_is_not_there_are_refused(tmp_path, text, says):
    for folder in ("models/staging", "seeds/code_lists"):
        shutil.copytree(spec.PROJECT / folder, tmp_path / folder)
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations/ssda903.yml").write_text(text)
    with pytest.raises(spec.SpecError, match=says):
        checks.expectations("ssda903", tmp_path)
