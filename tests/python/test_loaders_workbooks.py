"""Workbooks land as they are read by a person: whatever the sheet is called and wherever its header stands."""

import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import (
    CHILD_ID,
    CONTACT_COLUMNS,
    CONTACT_ROW,
    contacts,
    early_help,
    episodes_csv,
    header_csv,
    workbook,
)

WHERE = {"la": "202", "period": "2024-06-30"}
HERE = "202/annex_a/2024-06-30"
LANDED = {
    "child_id": CHILD_ID, "gender": "a) Male", "ethnicity": "a) WBRI", "birth_date": "2012-02-29", "age_years": "12",
    "contact_date": "2024-06-03", "contact_source": "q) 6: Police",
}  # fmt: skip


def values(row: dict) -> dict:
    return {name: row[name] for name in LANDED}


def only(data, sheets: dict, **how) -> dict:
    """The one contact that lands of a workbook."""
    outcome = data.one(workbook(sheets, **how), **WHERE)
    assert outcome.status == "landed", outcome.reason
    (row,) = data.raw("annex_a__contacts")
    return row


def test_a_workbook_lands_as_one_submission_of_several_tables(data):
    data.put(f"{HERE}/annex a.xlsx", workbook({"List 1": contacts(CONTACT_ROW, CONTACT_ROW), "List 2": early_help()}))
    outcome = data.load()["annex a.xlsx"]
    assert (outcome.status, outcome.return_name, outcome.return_year) == ("landed", "annex_a", 2025)
    assert outcome.period_end == date(2024, 6, 30)
    assert outcome.table_rows == {"contacts": 2, "early_help": 1}
    one, two = data.raw("annex_a__contacts")
    assert values(one) == values(two) == LANDED
    assert (one["source_file"], one["source_line"], one["source_row"]) == (f"{HERE}/annex a.xlsx!List 1", 2, 2)
    assert (two["source_line"], two["period_end"], two["return_year"]) == (3, date(2024, 6, 30), 2025)
    assert data.raw("annex_a__early_help")[0]["source_file"].endswith("!List 2")
    assert data.load()["annex a.xlsx"].status == "unchanged"


@pytest.mark.parametrize("sheet", ["List 1", "List_1", "list1", "LIST 1 - Contacts", "Contacts Jan-June", "Sheet1"])
def test_a_sheet_is_known_by_its_name_or_its_header(data, sheet):
    assert values(only(data, {sheet: contacts()})) == LANDED


def test_list_1_is_not_list_10_and_list_11(data):
    outcome = data.one(workbook({"List 10": contacts(), "List 11": early_help()}), **WHERE)
    assert outcome.table_rows == {"contacts": 1, "early_help": 1}


@pytest.mark.parametrize("above", [0, 1, 5, 19])
def test_a_header_stands_below_titles_and_notes(data, above):
    titles = [["List 1: Contacts"], [None, "In the six months before"], [], ["Gender", "see the codes"]]
    rows = (titles * 5)[:above]
    row = only(data, {"List 1": rows + contacts()})
    assert values(row) == LANDED
    assert row["source_line"] == above + 2


def test_a_header_lower_than_that_is_not_looked_for(data):
    outcome = data.one(workbook({"List 1": [["note"]] * 20 + contacts()}), **WHERE)
    assert outcome.status == "rejected"


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda name: f" {name}  ",
        lambda name: name.replace(" ", "\n"),
        lambda name: name.replace(" ", "\r\n "),
        lambda name: name.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda name: name.replace(" ", "_") + "?",
        lambda name: f"{name}:",
    ],
)
def test_a_header_is_known_in_any_spelling(data, change):
    assert values(only(data, {"List 1": contacts(columns=[change(name) for name in CONTACT_COLUMNS])})) == LANDED


def test_columns_may_come_in_another_order_with_others_among_them(data):
    columns = [*reversed(CONTACT_COLUMNS), "Team’s note", ""]
    row = only(data, {"List 1": [columns, [*reversed(CONTACT_ROW), "seen", "aside"]]})
    assert values(row) == LANDED
    assert row["unmapped"] == '{"Team’s note": "seen", "column 9": "aside"}'


def test_columns_that_are_missing_are_a_finding_and_stay_empty(data):
    outcome = data.one(
        workbook({"List 1": [CONTACT_COLUMNS[:1] + CONTACT_COLUMNS[5:], ["A", *CONTACT_ROW[5:]]]}), **WHERE
    )
    assert "contacts: Columns that the specification asks for are missing: gender, ethnicity." in outcome.findings
    assert data.raw("annex_a__contacts")[0]["gender"] is None


def test_a_column_of_later_years_is_not_missed_before(data):
    """List 9 had thirteen columns before 2024, and seventeen since."""
    from loaders import spec

    columns = [c for c in spec.returns()["annex_a"].table("care_leavers").columns if c.meta.years[0] < 2024]
    rows = [[column.names[-1] for column in columns], ["A"] * len(columns)]
    before = data.one(workbook({"List 9": rows}), la="202", period="2023-03-31")
    after = data.one(workbook({"List 9": rows}), la="202", period="2024-03-31")
    assert (len(columns), before.findings) == (13, [])
    assert after.findings == ["care_leavers: Columns that the specification asks for are missing: uasc_ever."]


@pytest.mark.parametrize(
    ("sent", "options", "landed"),
    [
        (date(2024, 6, 3), {}, "2024-06-03"),
        (date(2024, 6, 3), {"date_1904": True}, "2024-06-03"),
        (45446, {}, "2024-06-03"),
        (43984, {"date_1904": True}, "2024-06-03"),
        ("45446", {}, "2024-06-03"),
        (45446.0, {}, "2024-06-03"),
        (datetime(2024, 6, 3, 9, 30), {}, "2024-06-03 09:30:00"),
        (45446.395833333336, {}, "2024-06-03 09:30:00"),
        ("03/06/2024", {}, "03/06/2024"),
        ("2024-06-03", {}, "2024-06-03"),
        ("2024-06-03 00:00:00", {}, "2024-06-03"),
        ("soon", {}, "soon"),
        (20240603, {}, "20240603"),
        (7, {}, "7"),
    ],
)
def test_a_day_is_the_same_whether_cell_serial_or_text(data, sent, options, landed):
    row = only(data, {"List 1": contacts([*CONTACT_ROW[:5], sent, CONTACT_ROW[6]])}, **options)
    assert row["contact_date"] == landed


def test_staging_reads_the_same_day_from_all_of_them(data):
    from loaders.quality.checks import render

    sent = [date(2024, 6, 3), 45446, "03/06/2024", "2024-06-03", "3/6/2024"]
    data.one(workbook({"List 1": contacts(*([*CONTACT_ROW[:5], day, "4"] for day in sent))}), **WHERE)
    as_date = render("{{ as_date('contact_date') }}")
    days = data.ask(f"select distinct {as_date} from vault.raw.annex_a__contacts")
    assert days == [(date(2024, 6, 3),)]


@given(st.dates(date(1932, 1, 1), date(2150, 1, 1)))
@settings(max_examples=50, deadline=None)
def test_every_serial_is_the_day_of_its_date_cell(day):
    import pyarrow as pa

    from loaders.workbook_rows import EPOCH_1900, EPOCH_1904, _days

    for epoch, first in ((EPOCH_1900, date(1899, 12, 30)), (EPOCH_1904, date(1904, 1, 1))):
        serial = str((day - first).days)
        assert _days(pa.chunked_array([[serial, None]]), epoch).to_pylist() == [str(day), None]


@pytest.mark.parametrize(
    ("sent", "landed"),
    [
        (12, "12"),
        (12.0, "12"),
        (6.5, "6.5"),
        (-1, "-1"),
        (123456789012, "123456789012"),
        (True, "true"),
        (False, "false"),
        ("012", "012"),
        (" x ", " x "),
        ("  ", None),
        ("a\nb", "a\nb"),
        (45446, "45446"),
        (date(2024, 6, 3), "2024-06-03"),
    ],
)
def test_cells_land_as_text(data, sent, landed):
    assert only(data, {"List 1": contacts([*CONTACT_ROW[:4], sent, *CONTACT_ROW[5:]])})["age_years"] == landed


def test_a_formula_has_the_value_it_was_saved_with(data):
    import io

    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("List 1")
        for column, name in enumerate(CONTACT_COLUMNS):
            sheet.write(0, column, name)
        sheet.write(1, 0, CHILD_ID)
        sheet.write_formula(1, 4, "=6*2", None, 12)
        sheet.write_formula(1, 5, "=DATE(2024,6,3)", None, 45446)
        sheet.write_formula(1, 6, '="q) 6: "&"Police"', None, "q) 6: Police")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    data.one(content.getvalue(), **WHERE)
    (row,) = data.raw("annex_a__contacts")
    assert (row["age_years"], row["contact_date"], row["contact_source"]) == ("12", "2024-06-03", "q) 6: Police")
    assert row["gender"] is None


def test_blank_rows_hold_nothing_and_rows_keep_their_numbers(data):
    rows = contacts(CONTACT_ROW, [], ["  "] * 7, [*CONTACT_ROW[:6], "4"], [], [])
    outcome = data.one(workbook({"List 1": rows}), **WHERE)
    assert outcome.table_rows == {"contacts": 2}
    assert [row["source_line"] for row in data.raw("annex_a__contacts")] == [2, 5]


def test_formatted_rows_below_the_last_hold_nothing(data):
    import io

    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet, bold = book.add_worksheet("List 1"), book.add_format({"bold": True})
        for row, cells in enumerate(contacts()):
            for column, value in enumerate(cells):
                sheet.write(row, column, str(value))
        for row in range(2, 5_000):
            sheet.write_blank(row, 0, None, bold)
    assert data.one(content.getvalue(), **WHERE).table_rows == {"contacts": 1}


def test_a_merged_cell_counts_in_each_of_its_rows(data):
    rows = contacts(["", *CONTACT_ROW[1:]], ["", *CONTACT_ROW[1:]])
    data.one(workbook({"List 1": rows}, merged=[("List 1", "A2:A3", CHILD_ID)]), **WHERE)
    assert [row["child_id"] for row in data.raw("annex_a__contacts")] == [CHILD_ID, CHILD_ID]


def test_headers_of_two_rows_merged_are_read(data):
    top = [None, "Child", "Child", "Child", "Child", "Contact", "Contact"]
    rows = [["List 1: Contacts"], top, [None, *CONTACT_COLUMNS[1:]], CONTACT_ROW]
    merged = [("List 1", "A2:A3", "Child Unique ID"), ("List 1", "B2:E2", "Child"), ("List 1", "F2:G2", "Contact")]
    assert values(only(data, {"List 1": rows}, merged=merged)) == LANDED


def test_hidden_sheets_are_left_out_and_said(data):
    sheets = {"List 1": contacts(), "List 2": early_help()}
    outcome = data.one(workbook(sheets, hidden=["List 2"]), **WHERE)
    assert outcome.table_rows == {"contacts": 1}
    assert "Sheet 2 is hidden and was left out; it looks like the table early_help." in outcome.findings


def test_other_sheets_are_left_out_and_said_unless_they_are_expected(data):
    sheets = {"Front_Sheet": [["Camden"]], "John Smith": [["a note"]], "List 1": contacts(), "Empty": []}
    outcome = data.one(workbook(sheets), **WHERE)
    assert outcome.findings == ["Sheet 2 is none of its tables, and left out."]


def test_a_sheet_named_as_a_table_counts_before_one_that_looks_like_it(data):
    sheets = {"Working": contacts(["OTHER", *CONTACT_ROW[1:]]), "List 1": contacts()}
    outcome = data.one(workbook(sheets), **WHERE)
    assert outcome.findings == ["Sheet 1 looks like the table contacts too, and was left out."]
    assert data.raw("annex_a__contacts")[0]["child_id"] == CHILD_ID


def test_tables_without_rows_or_without_a_sheet_are_said(data):
    outcome = data.one(workbook({"List 1": contacts(), "List 2": early_help()[:1], "List 3": [["None"]]}), **WHERE)
    assert outcome.status == "landed"
    assert "early_help: the sheet has a header and no rows." in outcome.findings
    assert outcome.table_rows == {"contacts": 1, "early_help": 0}  # sent, with nobody on it
    assert any(
        finding.startswith("Sheet 3 is named as the table referrals and has no header") for finding in outcome.findings
    )
    assert any(finding.startswith("It has no sheet for referrals, assessments") for finding in outcome.findings)


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ({"List 1": contacts()[:1]}, "it has a header and no rows"),
        ({"List 1": contacts(), "Contacts": contacts()}, "two of its sheets are the table contacts; keep one"),
        (
            {"List 1": [["a", "b"]] * 9, "List 2": early_help()},
            "sheet 1 is named as the table contacts and has no header",
        ),
        (
            {"List 1": contacts(columns=[*CONTACT_COLUMNS[:-1], "Who?"]), "List 2": early_help()},  # rows, and no note
            "sheet 1 is named as the table contacts and has no header of it: no row at its top names contact_source",
        ),
        ({"Sheet1": [["a", "b"], [1, 2]]}, "a workbook without a sheet that is a table of a known return (annex_a"),
        ({"Sheet1": []}, "a workbook without a sheet"),
        ({"List 1": [[*CONTACT_COLUMNS, "child id"], CONTACT_ROW]}, "column child_id stands in the header twice"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence(data, sheets, told):
    outcome = data.one(workbook(sheets), **WHERE)
    assert outcome.status == "rejected"
    assert told in outcome.reason


def test_a_newer_workbook_takes_the_place_of_the_whole_older_one(data):
    file = data.put(f"{HERE}/annex a.xlsx", workbook({"List 1": contacts(), "List 2": early_help()}))
    data.load()
    sheets = {
        "List 2": early_help(),
        "List 3": [["Child Unique ID", "Date of referral", "Referral Source"], ["A", "", "6"]],
    }
    file.write_bytes(workbook(sheets))
    data.load()
    assert data.raw("annex_a__contacts") == []
    assert len(data.raw("annex_a__early_help")) == len(data.raw("annex_a__referrals")) == 1
    current = data.ask("select table_rows from vault.quality.load_log where is_current")
    assert [dict(rows) for (rows,) in current] == [{"early_help": 1, "referrals": 1}]


def test_a_workbook_of_one_sheet_takes_the_place_of_that_table_alone(data):
    data.put(f"{HERE}/annex a.xlsx", workbook({"List 1": contacts(), "List 2": early_help()}))
    data.load()
    mended = data.put(f"{HERE}/list 1.xlsx", workbook({"List 1": contacts(CONTACT_ROW, CONTACT_ROW)}))
    data.load(mended)
    assert len(data.raw("annex_a__contacts")) == 2
    assert len(data.raw("annex_a__early_help")) == 1


def test_two_workbooks_may_share_the_tables_of_a_submission_but_not_one_table(data):
    data.put(f"{HERE}/one.xlsx", workbook({"List 1": contacts()}))
    data.put(f"{HERE}/two.xlsx", workbook({"List 2": early_help()}))
    assert {one.status for one in data.load().values()} == {"landed"}
    data.put(f"{HERE}/three.xlsx", workbook({"List 2": early_help()}, hidden=[], date_1904=True))
    outcomes = data.load()
    assert {one.status for one in outcomes.values()} == {"rejected"}
    assert "both have the table early_help; keep one" in outcomes["one.xlsx"].reason


def test_snapshots_stand_beside_each_other(data):
    for day in ("2024-03-31", "2024-06-30", "2024-09-30"):
        data.put(f"202/annex_a/{day}/annex a.xlsx", workbook({"List 1": contacts()}))
    data.load()
    periods = [(row["return_year"], str(row["period_end"])) for row in data.raw("annex_a__contacts")]
    assert periods == [(2024, "2024-03-31"), (2025, "2024-06-30"), (2025, "2024-09-30")]
    shown = data.liia("status").stdout
    assert all(day in shown for day in ("2024-03-31", "2024-06-30", "2024-09-30"))


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (
            "202/annex_a/2025",
            "annex_a is the state of one day, and 2025 was said; put it in <la>/<return>/<YYYY-MM-DD>/",
        ),
        ("202/annex_a", "its day cannot be told; put it in <la>/<return>/<YYYY-MM-DD>/"),
        ("202/annex_a/2024-02-30", "its day cannot be told"),
        ("202/annex_a/2035-06-30", "covers 2018 to 2027"),
        ("202/cin/2024-06-30", "it lies in a folder for cin and is annex_a"),
        ("annex_a/2024-06-30", "its authority cannot be told"),
    ],
)
def test_a_snapshot_needs_its_day(data, place, told):
    data.put(f"{place}/annex a.xlsx", workbook({"List 1": contacts()}))
    assert told in data.load()["annex a.xlsx"].reason


def test_a_return_of_a_year_may_name_its_last_day_and_no_other(data):
    data.put("202/ssda903/2025-03-31/header.csv", header_csv())
    data.put("203/ssda903/2025-03-30/header.csv", header_csv())
    outcomes = data.load()
    (refused,) = data.ask("select reason from vault.quality.load_log where la_code is null")
    assert "ssda903 of 2025 ends on 2025-03-31, and 2025-03-30 was said" in refused[0]
    assert {one.status for one in outcomes.values()} <= {"landed", "rejected"}
    assert data.raw("ssda903__header")[0]["return_year"] == 2025


def test_what_is_said_of_the_period_overrides_the_folder_and_is_told(data):
    data.put(f"{HERE}/annex a.xlsx", workbook({"List 1": contacts()}))
    outcome = data.load(period="2024-07-31")["annex a.xlsx"]
    assert (outcome.status, outcome.period_end) == ("landed", date(2024, 7, 31))
    assert "Day 2024-06-30 of its folder was overridden by --period 2024-07-31." in outcome.findings


def test_a_workbook_in_a_zip_lands(data):
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("lists/annex a.xlsx", workbook({"List 1": contacts()}))
    data.put(f"{HERE}/sent.zip", content.getvalue())
    data.load()
    assert data.raw("annex_a__contacts")[0]["source_file"] == f"{HERE}/sent.zip!lists/annex a.xlsx!List 1"


def test_other_returns_do_not_mind(data):
    data.put(f"{HERE}/annex a.xlsx", workbook({"List 1": contacts()}))
    data.put("202/ssda903/2025/episodes.csv", episodes_csv())
    assert {one.status for one in data.load().values()} == {"landed"}


def test_a_header_of_a_csv_file_may_go_over_several_lines(data):
    text = header_csv().replace("ETHNIC", '"Eth\nnic"')
    outcome = data.one(text, la="202", period="2025")
    (row,) = data.raw("ssda903__header")
    assert (outcome.status, row["ETHNIC"], row["source_line"]) == ("landed", "WBRI", 3)


def test_failures_of_a_snapshot_are_those_of_its_day(data):
    from loaders import vault
    from loaders.quality import failures, fix_lists

    twice = contacts(CONTACT_ROW, CONTACT_ROW, [*CONTACT_ROW[:5], "soon", "Nobody"])
    for day in ("2024-06-30", "2024-09-30"):
        data.put(f"202/annex_a/{day}/a.xlsx", workbook({"List 1": twice if day < "2024-08" else contacts()}))
    data.load()
    with vault.connect(data.home, vault=True) as connection:
        failures.store(connection, failures.landed(connection))
        fix_lists.write(connection, data.home)
    found = data.ask("select period_end, column_name, rule, source_line from vault.quality.field_failures order by all")
    assert {period for period, *_ in found} == {date(2024, 6, 30)}
    assert {("contact_date", "pattern", 4), ("contact_source", "code", 4)} <= {tuple(rest) for _, *rest in found}
    assert [rule for _, _, rule, _ in found].count("duplicate") == 2
    assert "<td>2024-06-30</td>" in (data.home.quality / "camden/fix_list.html").read_text()


def test_fifty_thousand_rows_land_in_under_five_seconds(data):
    rows = contacts(*([f"C{n}", *CONTACT_ROW[1:]] for n in range(50_000)))
    content = workbook({"List 1": rows})
    started = time.process_time()
    outcome = data.one(content, **WHERE)
    assert outcome.table_rows == {"contacts": 50_000}
    assert time.process_time() - started < 5
