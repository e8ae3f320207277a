"""Which authority, return and year a file is: its place and its content, and what happens where they disagree."""

import pytest
from made_up import cin, contacts, episodes_csv, header_csv, sen2_csv, ssda903_xml, table, workbook

from loaders.recognise import authority, year_of


@pytest.mark.parametrize("la", ["E09000007", "202", "Camden", "camden", "London Borough of Camden", "LB Camden"])
@pytest.mark.parametrize("source", ["ssda903", "903", "SSDA903"])
@pytest.mark.parametrize("year", ["2025", "2024-25", "2024_25", "2024-2025"])
def test_the_folders_of_the_inbox_say_what_a_file_is(data, la, source, year):
    data.put(f"{la}/{source}/{year}/header.csv", header_csv())
    outcome = data.load()["header.csv"]
    assert (outcome.status, outcome.la_code, outcome.return_year) == ("landed", "E09000007", 2025)


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("203/cin/2025/file", cin(), "its LEA is 202 (Camden) and its folder says Greenwich"),
        ("202/cin/2024/file", cin(), "its Year is 2025 and its folder says 2024"),
        ("202/ssda903/2025/file", cin(), "a folder for ssda903 and is cin"),
        ("202/cin/2025/file", header_csv(), "a folder for cin and is ssda903"),
        ("202/cin/2025/file", cin(la="999"), "its LEA 999 is no English authority in 2025"),
        ("202/cin/file", cin(year="20x5"), "its year cannot be told (its Year is '20x5')"),
        ("ssda903/2025/file", header_csv(), "its authority cannot be told"),
        ("202/ssda903/file", header_csv(), "its year cannot be told"),
        ("202/ssda903/2031/file", header_csv(), "covers 2018 to 2026"),
    ],
)
def test_where_place_and_content_disagree_the_file_is_refused_and_stays(data, path, content, told):
    file = data.put(path, content)
    outcome = data.load()["file"]
    assert outcome.status == "rejected"
    assert told in outcome.reason
    assert file.exists()


def test_an_override_is_told_in_the_log(data):
    outcome = data.one(cin(), la="203", period="2024")
    assert (outcome.status, outcome.la_name, outcome.return_year) == ("landed", "Greenwich", 2024)
    assert "LEA 202 of the file was overridden by --la Greenwich." in outcome.findings
    assert "Year 2025 of the file was overridden by --period 2024." in outcome.findings
    assert data.ask("select findings from vault.quality.load_log") == [(outcome.findings,)]


@pytest.mark.parametrize(("la", "period"), [("Atlantis", "2025"), ("202", "next year")])
def test_an_override_that_means_nothing_is_refused(data, la, period):
    assert data.one(header_csv(), la=la, period=period).status == "rejected"


def test_an_odd_reference_date_is_a_finding(data):
    outcome = data.one(cin(reference_date="2026-03-31"))
    assert (outcome.status, outcome.findings) == ("landed", ["ReferenceDate is 2026-03-31, expected 2025-03-31."])


def test_outside_the_inbox_three_folders_in_a_row_say_it(data, tmp_path):
    folder = tmp_path / "bromley" / "Camden" / "903" / "2025"
    folder.mkdir(parents=True)
    (folder / "header.csv").write_text(header_csv())
    assert data.load(tmp_path / "bromley")["header.csv"].la_name == "Camden"


def test_a_file_outside_is_not_taken_for_one_inside_of_the_same_name(data, tmp_path):
    """Of a folder outside the inbox only three steps in a row count, whatever the inbox holds."""
    data.put("x/903/2025/header.csv", header_csv())
    folder = tmp_path / "bromley" / "x" / "903" / "2025"
    folder.mkdir(parents=True)
    (folder / "header.csv").write_text(header_csv())
    assert data.load(tmp_path / "bromley" / "x")["header.csv"].status == "rejected"


def test_a_file_that_is_named_is_loaded_though_hidden(data, tmp_path):
    folder = tmp_path / ".hidden"
    folder.mkdir()
    (folder / "header.csv").write_text(header_csv())
    where = {"la": "202", "period": "2025"}
    assert data.load(folder, **where)["header.csv"].status == "landed"
    (folder / ".episodes.csv").write_text(episodes_csv())
    assert set(data.load(folder, **where)) == {"header.csv"}
    assert data.load(folder / ".episodes.csv", **where)[".episodes.csv"].status == "landed"


def test_xml_of_903_needs_its_place(data):
    assert "its year cannot be told" in data.one(ssda903_xml()).reason
    data.put("202/cla/2025/return.xml", ssda903_xml())
    assert data.load()["return.xml"].status == "landed"


def test_an_authority_is_known_in_its_own_years():
    assert authority("Northamptonshire", 2020) is not None
    assert authority("Northamptonshire", 2025) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [("2025", 2025), ("2024-25", 2025), ("2024-26", None), ("25", None), ("2099-00", 2100), ("inbox", None)],
)
def test_a_year_is_the_year_a_return_ends_in(text, year):
    assert year_of(text) == year


EXPORT = {name.rpartition("_")[2]: content for name, content in sen2_csv().items()}
PLANS = ["la_code", "child_id", "plo_family_id", "pre_pro_decision_date"]


def plan(la, child="C1"):
    return [la, child, "F1", "2024-05-01"]


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("203/sen2/2025/file", EXPORT["sen2.csv"], "its LEA is 202 (Camden) and its folder says Greenwich; move it"),
        ("203/sen2/2025/file", EXPORT["person.csv"], "its NativeId is 202 (Camden) and its folder says Greenwich"),
        ("202/sen2/2024/file", EXPORT["sen2.csv"], "its Year is 2025 and its folder says 2024; move it, or say"),
        ("203/plo/2024-06-30/file", table(PLANS, plan("202")), "its dfe_la_code is 202 (Camden)"),
        (
            "203/plo/2024-06-30/file",
            workbook({"PLO": [PLANS, plan(202)]}),
            "its dfe_la_code is 202 (Camden) and its folder says Greenwich",
        ),
    ],
)
def test_a_table_whose_rows_are_all_those_of_another_authority_or_year_is_refused(data, path, content, told):
    data.put(path, content)
    outcome = data.load()["file"]
    assert outcome.status == "rejected"
    assert told in outcome.reason
    assert data.ask("select count(*) from vault.raw.sen2__persons") == [(0,)]
    assert data.ask("select count(*) from vault.raw.plo__cases") == [(0,)]


def test_single_rows_of_another_authority_land_and_are_told(data):
    outcome = data.one(
        table(PLANS, plan("202"), plan("203", "C2"), plan("E09000011", "C3"), plan("999", "C4"), plan("", "C5")),
        la="202",
        period="2024-06-30",
    )
    assert (outcome.status, outcome.table_rows) == ("landed", {"cases": 5})
    assert outcome.findings[-1] == (
        "dfe_la_code of 3 rows names Greenwich, no English authority; what stands there landed as Camden's own."
    )


def test_what_is_said_of_the_authority_overrides_the_rows_and_is_told(data):
    outcome = data.one(table(PLANS, plan("202")), la="203", period="2024-06-30")
    assert (outcome.status, outcome.la_name) == ("landed", "Greenwich")
    assert any("dfe_la_code of 1 row names Camden" in finding for finding in outcome.findings)


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        (
            "202/annex_a/2024-06-30/file",
            "a,b\n1,2\n",
            "it is a CSV file in a folder for annex_a, which comes as a workbook",
        ),
        (
            "202/cin/2025/file",
            workbook({"Sheet1": [["a", "b"], [1, 2]]}),
            "it is a workbook in a folder for cin, which comes as XML",
        ),
        (
            "202/annex_a/2024-06-30/file",
            workbook({"List 1": contacts(columns=["a", "b", "c", "d", "e", "f", "g"])}),
            "it is a workbook without a table of annex_a: Sheet 1 is named as the table contacts and has no header",
        ),
    ],
)
def test_what_no_table_is_found_in_is_refused_by_what_its_folder_expects(data, path, content, told):
    data.put(path, content)
    outcome = data.load()["file"]
    assert outcome.status == "rejected"
    assert told in outcome.reason
