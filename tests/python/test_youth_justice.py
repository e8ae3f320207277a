"""Youth justice data, a return that came with YAML, seeds and SQL alone: from files by hand to keys and a fix list."""

import csv
import io
import json

import pytest
from made_up import CHILD_ID, table, workbook

QUARTER = "202/youth_justice/2024-06-30"
PERSONS = [
    [
        "la_code",
        "yj_person_id",
        "child_id",
        "birth_date",
        "sex",
        "ethnicity",
        "postcode",
        "care_status",
        "local_status",
    ],
    ["202", "YJ1", CHILD_ID, "2009-05-01", "M", "WBRI", "N1 1AA", "CLA", "LOCAL"],
    ["202", "YJ2", "", "30/06/2010", "F", "BCRB", "", "NONE", "OTHER"],
    ["202", "YJ3", "", "2008-01-31", "X", "ABAN", "N1", "U", ""],
]  # fmt: skip
OFFENCES = [
    ["yj_person_id", "offence_id", "offence_date", "offence_category", "gravity_score", "serious_violence"],
    ["YJ1", "1", "2024-04-02", "ROBBERY", "6", ""],
    ["YJ1", "2", "2024-03-31", "THEFT", "9", "N"],
    ["yj2", "1", "01/06/2024", "DRUGS", "4", "Y"],
]
OUTCOMES = [
    [
        "yj_person_id", "offence_id", "outcome_id", "outcome_date", "outcome_tier", "outcome_type",
        "first_time_entrant", "order_end_date",
    ],
    ["YJ1", "1", "1", "2024-06-20", "COMMUNITY", "Youth rehabilitation order", "Y", "2025-06-19"],
    ["YJ2", "1.0", "1", "2024-06-21", "NONSTAT", "Community resolution", "N", ""],
]  # fmt: skip
INTERVENTIONS = [
    ["yj_person_id", "intervention_id", "intervention_type", "start_date", "end_date", "end_reason", "ete_hours_week"],
    ["YJ1", "1", "ORDER", "2024-06-20", "", "", "12.5"],
    ["YJ2", "1", "OOCD", "2024-05-01", "2024-04-30", "COMP", "many"],
]
ASSESSMENTS = [
    ["yj_person_id", "assessment_date", "assessment_tool", "risk_reoffending"],
    ["YJ1", "2024-05-02", "ASSETPLUS", "HIGH"],
    ["YJ2", "2024-05-03", "PREVDIV", "low"],
]
TABLES = {
    "persons": PERSONS,
    "offences": OFFENCES,
    "outcomes": OUTCOMES,
    "interventions": INTERVENTIONS,
    "assessments": ASSESSMENTS,
}
ROWS = {"persons": 3, "offences": 3, "outcomes": 2, "interventions": 2, "assessments": 2}
BAD = {
    ("persons", "sex", "X"),
    ("persons", "postcode", "N1"),
    ("offences", "gravity_score", "9"),
    ("interventions", "end_date", "2024-04-30"),
    ("interventions", "ete_hours_week", "many"),
}


def put_csv(data):
    for name, rows in TABLES.items():
        data.put(f"{QUARTER}/{name}.csv", table(rows[0], *rows[1:]))


def sheets() -> dict[str, list[list]]:
    """The same tables as sheets, each below a title."""
    return {name.title(): [[f"Youth justice: {name}"], [], *rows] for name, rows in TABLES.items()}


def sent(data) -> dict[str, list]:
    """What has landed, by table, without where it came from."""
    return {
        name: [
            {column: row[column] for column in rows[0] if column != "la_code"}
            for row in data.raw(f"youth_justice__{name}")
        ]
        for name, rows in TABLES.items()
    }


def bad_values(data) -> set:
    (path,) = (data.home.root / "quality").rglob("fix_list.csv")
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {(row["table"], row["field"], row["value"]) for row in csv.DictReader(file)}


def test_a_workbook_lands_just_what_the_csv_files_do(data, new_data):
    put_csv(data)
    assert {one.status for one in data.load().values()} == {"landed"}
    other = new_data("other")
    other.put(f"{QUARTER}/quarter.xlsx", workbook(sheets()))
    outcome = other.load()["quarter.xlsx"]
    assert (outcome.status, outcome.table_rows, outcome.reason) == ("landed", ROWS, None)
    assert sent(data) == sent(other)


def test_a_quarter_is_named_by_its_day(data):
    data.put("202/youth_justice/2025/persons.csv", table(*PERSONS))
    assert "is the state of one day" in data.load()["persons.csv"].reason


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A data folder with the CSV files landed, checked and built."""
    from conftest import Data

    data = Data(tmp_path_factory.mktemp("youth") / "data")
    put_csv(data)
    data.load()
    ran = data.liia("dbt", "--quiet", "build", "--select", "+path:models/single_year/youth_justice")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    only = ["--resource-type", "seed", "--resource-type", "model"]
    ran = data.liia("dbt", "--quiet", "build", "--select", "+msr_all", *only)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    checked = data.liia("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return data


def ask(data, query: str) -> list[dict]:
    ran = data.liia("sql", query, "--csv")
    assert ran.returncode == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout)))


def test_nested_keys_join_what_belongs_together(built):
    (row,) = ask(
        built,
        """
        select count(*) as outcomes, count(distinct offences.offence_key) as offences,
            count(distinct children.yj_person_key) as children, count(distinct children.child_key) as known
        from single_year.year_youth_justice__outcomes as outcomes
        join single_year.year_youth_justice__offences as offences using (offence_key, period_end)
        join single_year.year_youth_justice__children as children
            on offences.yj_person_key = children.yj_person_key
        """,
    )
    assert row == {"outcomes": "2", "offences": "2", "children": "2", "known": "1"}


def test_offences_numbered_1_of_two_children_are_two(built):
    rows = ask(built, "select is_in_quarter, is_serious_violence from single_year.year_youth_justice__offences")
    assert sorted(map(tuple, (row.values() for row in rows))) == [
        ("False", "False"),
        ("True", "True"),
        ("True", "True"),
    ]


def test_the_quarter_is_counted(built):
    """Camden had 16,607 people of 10 to 17 in mid-2023. Reoffending and looked-after children need more returns."""
    rows = ask(
        built,
        """
        select measure_id, breakdown_value, cast(numerator as integer) as numerator,
            cast(denominator as integer) as denominator
        from measures.msr_all
        """,
    )
    counts = {(row["measure_id"], row["breakdown_value"]): (row["numerator"], row["denominator"]) for row in rows}
    assert {name: value for (name, part), value in counts.items() if part == "all"} == {
        "Y01": ("1", "16607"),  # YJ1
        "Y04": ("0", "16607"),
        "Y05": ("0", "1"),  # the intervention that ended on 30 April
        "Y06": ("0", "1"),
        "Y07": ("0", "0"),
        "Y08": ("0", "0"),
        "Y08-A": ("0", "0"),
        "Y08-S": ("0", "0"),
        "Y08-SA": ("0", "0"),
        "Y09": ("1", "1"),
        "Y10": ("2", "16607"),  # robbery of gravity 6, and drugs that are said to count
    }
    assert counts["Y01", "M"] == ("1", "")
    assert counts["Y09", "F"] == ("1", "1")


def test_the_fix_list_names_each_bad_value_and_no_other(built):
    assert bad_values(built) == BAD


def test_what_is_said_of_a_field_can_be_looked_up(built):
    shown = built.liia("show", "gravity_score").stdout
    assert "youth_justice" in shown and "from 1 to 8" in shown
    manifest = json.loads((built.home.root / "target" / "manifest.json").read_text())
    source = manifest["sources"]["source.london_child_data.youth_justice.offences"]
    assert "from 1 to 8" in source["columns"]["gravity_score"]["description"]
    pages = [str(path) for path in (built.home.root / "quality" / "data_docs").rglob("*.html")]
    assert any("raw.youth_justice.offences.2025" in page for page in pages)
