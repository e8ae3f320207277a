"""The SEN2 census: blocks within blocks in XML, and the Department's own export as a CSV for each table."""

import csv

from made_up import SEN2_PERSON, SEN2_REQUEST, UPN, sen2, sen2_csv, sen2_person

from loaders.quality.checks import render

TABLES = [
    "header", "persons", "requests", "assessments", "named_plans", "plan_details", "active_plans", "placement_details",
    "sen_needs",
]  # fmt: skip


def request(*inside, **changes):
    return "Requests", [*(SEN2_REQUEST | changes).items(), *inside]


def test_every_block_lands_in_its_table(data):
    outcome = data.one(sen2())
    assert (outcome.status, outcome.return_name, outcome.return_year) == ("landed", "sen2", 2025)
    assert outcome.findings == []
    assert outcome.table_rows == dict.fromkeys(TABLES, 1)
    assert [data.raw(f"sen2__{table}")[0]["UPN"] for table in TABLES[1:]] == [UPN] * 8


def test_each_row_names_the_row_that_it_hangs_from(data):
    assessment = ("Assessment", [("AssessmentOutcome", "Y"), ("NamedPlan", [("StartDate", "2024-05-01")])])
    bare = ("Person", [*SEN2_PERSON.items(), request()])
    two = ("Person", [*SEN2_PERSON.items(), request(), request(assessment), request(assessment)])
    data.one(sen2(bare, two))
    assert [(r["record_number"], r["parent_row"]) for r in data.raw("sen2__requests")] == [
        (1, 1),
        (2, 2),
        (2, 2),
        (2, 2),
    ]
    assert [row["parent_row"] for row in data.raw("sen2__assessments")] == [3, 4]
    assert [row["parent_row"] for row in data.raw("sen2__named_plans")] == [1, 2]


def test_tags_are_read_whatever_their_case(data):
    content = sen2().replace("SENneed", "SENNeed").replace("SENtype", "SENType").replace("<Res>", "<RES>")
    data.one(content.replace("</Res>", "</RES>"))
    assert data.raw("sen2__sen_needs")[0]["SENtype"] == "ASD"
    assert data.raw("sen2__placement_details")[0]["Res"] == "A"


def test_residential_provision_lands_where_it_stood_in_2023(data):
    active = ("ActivePlans", [("Res", "B"), ("WBP", "S"), ("PlacementDetail", [("URN", "100001")])])
    data.one(sen2(("Person", [*SEN2_PERSON.items(), request(active)]), year=2023, reference_date="2023-01-19"))
    assert (data.raw("sen2__active_plans")[0]["Res"], data.raw("sen2__active_plans")[0]["WBP"]) == ("B", "S")
    assert data.raw("sen2__placement_details")[0]["Res"] is None


def test_the_census_day_is_the_third_thursday_of_january(data):
    assert data.one(sen2(year=2026, reference_date="2026-01-16")).findings == [
        "ReferenceDate is 2026-01-16, expected 2026-01-15."
    ]


def test_the_voluntary_pilot_of_2022_is_refused_with_the_reason(data):
    outcome = data.one(sen2(year=2022, reference_date="2022-01-20"))
    assert outcome.reason == "it is for 2022; the specification of sen2 covers 2023 to 2026 (its `years` say so)"


def test_an_export_of_nine_tables_lands_as_one_submission(data):
    for name, content in sen2_csv().items():
        data.put(f"camden/sen2/2025/{name}", content)
    outcomes = data.load()
    assert {one.status for one in outcomes.values()} == {"landed"}
    assert [finding for one in outcomes.values() for finding in one.findings] == []
    assert {name for one in outcomes.values() for name in one.table_rows} == set(TABLES)
    (row,) = data.raw("sen2__requests")
    assert (row["requeststableid"], row["persontableid"]) == ("7", "7")
    assert (row["ReceivedDate"], row["RYA"]) == ("2024-Mar-01 00:00:00", "false")


def fix_list(data) -> dict[tuple[str, str], str]:
    assert data.liia("check").returncode in (0, 2)  # 2: there is no warehouse to put a copy into
    (file,) = data.home.root.glob("quality/*/fix_list.csv")
    with file.open(newline="", encoding="utf-8-sig") as text:
        return {(row["table"], row["field"]): row["value"] for row in csv.DictReader(text)}


def test_what_an_export_writes_in_its_own_way_is_no_failure(data):
    for name, content in sen2_csv().items():
        data.put(f"camden/sen2/2025/{name}", content)
    data.load()
    assert data.liia("check").returncode in (0, 2)
    found = data.ask("select table_name, column_name, value, rule from vault.quality.field_failures")
    assert found == []


def test_what_contradicts_itself_stands_in_the_fix_list(data):
    detail = ("PlacementDetail", [("URN", "100001"), ("UKPRN", "10000001"), ("PlacementRank", "3")])
    active = ("ActivePlans", [("ReviewOutcome", "A"), detail])
    person = {name: value for name, value in SEN2_PERSON.items() if name != "UPN"}
    data.one(sen2(("Person", [*person.items(), request(active, RequestOutcomeDate="2024-02-01")]), sen2_person()))
    found = fix_list(data)
    assert found["persons", "UPN"] == ""
    assert found["requests", "RequestOutcomeDate"] == "2024-02-01"
    assert found["active_plans", "ReviewOutcome"] == "A"
    assert found["placement_details", "SENSetting"] == ""
    assert found["placement_details", "PlacementRank"] == "3"
    assert found["placement_details", "EntryDate"] == ""


def test_an_id_that_two_rows_share_names_the_one_furthest_down(data):
    (name,) = [name for name in sen2_csv() if name.endswith("_person.csv")]
    header, row = sen2_csv()[name].splitlines()
    data.put(f"camden/sen2/2025/{name}", "\n".join([header, row, row]))
    data.load()
    link = render("{{ row_link('persontableid') }}")
    found = data.ask(f"select {link} from vault.raw.sen2__persons order by source_row")
    assert found == [(f"camden/sen2/2025/{name} row 1",), ("id 7",)]
    assert render("{{ row_link('persontableid', 'parent_row') }}").startswith("coalesce('id '")
