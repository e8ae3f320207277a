"""The quarterly return: a workbook for each authority with its counts, filled in, sent back and landed as it was."""

import csv
import io
import stat

import fastexcel
import pytest
from conftest import LA_CODE, Data
from made_up import cin, cin_child, table, workbook

from loaders import spec
from loaders.quality import run_checks

QUARTER = "2024-06-30"
GREENWICH = "E09000011"
COUNTED = ("numerator", "denominator", "value")
# what Camden fills in by hand
FILLED = {
    "Q01": {"numerator": 120},
    "Q02": {"numerator": 31, "denominator": 120},
    "Q03": {"numerator": 0},
    "Q36": {"value": 17.5},
    "Q38": {"numerator": 330, "denominator": 20.5, "quality": "As of the Friday before"},
}
# what its census of children in need tells: of two referrals in June and one in July none had a plan or an enquiry
KNOWN = {
    "Q05": (2, None),
    "Q07": (0, 2),
    "Q08": (0, None),
    "Q09": (0, 0),
    "Q11": (2, None),
    "Q12": (0, None),
    "Q13": (0, None),
    "Q14": (0, 0),
    "Q15": (0, None),
    "Q16": (0, 0),
    "Q18": (0, None),
    "Q19": (0, 0),
    "Q20": (0, None),
    "Q21": (0, 0),
    "Q22": (0, 0),
}
BUILD = ["+msr_quarterly", "+msr_quarterly_latest_year", "+ref_local_authorities"]


def rows_of(file, sheet: str = "Indicators") -> list[dict]:
    """The rows of a sheet as another reader sees them."""
    return fastexcel.read_excel(file).load_sheet(sheet).to_polars().to_dicts()


def filled(file) -> bytes:
    """The workbook with the blanks that Camden knows filled in."""
    rows = [row | FILLED.get(row["indicator_id"], {}) for row in rows_of(file)]
    sheets = {name: [["Indicator", "Name"], ["Q01", "Contacts"]] for name in fastexcel.read_excel(file).sheet_names}
    return workbook(sheets | {"Indicators": [list(rows[0]), *(list(row.values()) for row in rows)]})


def build(data: Data, *models: str) -> None:
    ran = data.liia("dbt", "--quiet", "build", "--exclude-resource-type", "test", "unit_test", "--select", *models)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Data:
    """A data folder with two authorities' censuses, built, and the templates of both."""
    data = Data(tmp_path_factory.mktemp("quarterly") / "data")
    camden = [cin_child("C1"), cin_child("C2"), cin_child("C3", referral="2024-07-01")]
    greenwich = [cin_child(f"G{number}") for number in range(47)]
    data.put("202/cin/2025/camden.xml", cin(*camden))
    data.put("203/cin/2025/greenwich.xml", cin(*greenwich, la="203"))
    assert {one.status for one in data.load().values()} == {"landed"}
    build(data, *BUILD)
    for la in ("Camden", "203"):
        code, said, complaint = data.main("template", "quarterly", "--period", QUARTER, "--la", la)
        assert code == 0, said + complaint
    return data


def template(data: Data, la_code: str = LA_CODE):
    return data.home.root / "templates" / la_code / f"quarterly_{QUARTER}.xlsx"


def test_the_template_has_every_indicator_and_what_the_own_census_tells(made):
    rows = rows_of(template(made))
    assert [row["indicator_id"] for row in rows] == [one.code for one in spec.code_list("quarterly", "indicator")]
    known = {r["indicator_id"]: (r["numerator"], r["denominator"]) for r in rows if r["numerator"] is not None}
    assert known == KNOWN
    assert {(row["dfe_la_code"], row["la_name"], str(row["quarter_end"])[:10]) for row in rows} == {
        ("202", "Camden", QUARTER)
    }
    assert not any(row["value"] or row["quality"] for row in rows)


def test_the_latest_year_stands_beside_it(made):
    (referrals,) = [row for row in rows_of(template(made), "Latest year") if row["Indicator"] == "Q05"]
    assert (referrals["Measure of a year"], referrals["Numerator"]) == ("CIN-R1", 3)
    assert str(referrals["Year to"])[:10] == "2025-03-31"


def test_an_authority_sees_its_own_counts_alone(made):
    for la_code, own in ((LA_CODE, 2), (GREENWICH, 47)):
        (referrals,) = [row for row in rows_of(template(made, la_code)) if row["indicator_id"] == "Q05"]
        assert referrals["numerator"] == own
    for sheet in fastexcel.read_excel(template(made)).sheet_names:
        values = {str(value) for row in rows_of(template(made), sheet) for value in (*row, *row.values())}
        assert not {"Greenwich", "203", GREENWICH, "47", "47.0"} & values
    assert not made.home.published.exists()
    assert stat.S_IMODE(template(made).stat().st_mode) == 0o600
    assert stat.S_IMODE(template(made).parent.stat().st_mode) == 0o700


def test_a_template_as_it_was_written_lands_without_a_finding(made, new_data):
    data = new_data("blank")
    data.put(f"{LA_CODE}/quarterly/{QUARTER}/quarterly.xlsx", template(made).read_bytes())
    outcome = data.load()["quarterly.xlsx"]
    assert (outcome.status, outcome.findings, outcome.table_rows) == ("landed", [], {"indicators": 46})


def test_a_filled_template_lands_as_it_was_filled(made, new_data):
    data = new_data("filled")
    data.put(f"{LA_CODE}/quarterly/{QUARTER}/quarterly.xlsx", filled(template(made)))
    outcome = data.load()["quarterly.xlsx"]
    assert (outcome.status, outcome.findings) == ("landed", []), outcome
    run_checks(data.home)
    assert data.ask("from vault.quality.field_failures") == []
    build(data, "+year_quarterly__indicators")
    code, text, complaint = data.main("sql", "from single_year.year_quarterly__indicators", "--csv")
    assert code == 0, complaint
    sent = {row["indicator_id"]: row for row in csv.DictReader(io.StringIO(text))}
    expected = {name: (n, d, None) for name, (n, d) in KNOWN.items()}
    expected |= {name: tuple(row.get(one) for one in COUNTED) for name, row in FILLED.items()}
    assert {
        name: tuple(float(row[one]) if row[one] else None for one in ("numerator", "denominator", "value_as_sent"))
        for name, row in sent.items()
    } == expected
    assert {(row["la_code"], row["period_end"], row["return_year"]) for row in sent.values()} == {
        (LA_CODE, QUARTER, "2025")
    }


def test_a_csv_file_lands_and_what_is_wrong_is_named(data):
    data.put(
        f"202/quarterly/{QUARTER}/q.csv",
        table(
            ["LA Code", "quarter_end", "Measure ID", "numerator", "denominator", "Measure Value", "Measure Quality"],
            ["202", "2024-06-30", "Q02", "31", "30", "", ""],
            ["202", "2024-05-31", "Q99", "many", "", "", ""],
            ["202", "30/06/2024", "Q38", "330", "20.5", "", "Mary asked"],
            ["202", "31/03/2024", "Q39", "12", "", "", ""],
        ),
    )
    outcome = data.load()["q.csv"]
    assert (outcome.status, outcome.table_rows) == ("landed", {"indicators": 4}), outcome.reason
    run_checks(data.home)
    assert set(data.ask("select column_name, value, rule from vault.quality.field_failures")) == {
        ("numerator", "31", "conflict"),
        ("quarter_end", "2024-05-31", "conflict"),
        ("quarter_end", "31/03/2024", "conflict"),
        ("indicator_id", "Q99", "code"),
        ("numerator", "many", "pattern"),
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["quarterly", "--period", "2024-06-29"], "not the last day of a quarter"),
        (["quarterly", "--period", "2024-05-31"], "not the last day of a quarter"),
        (["quarterly", "--period", "2025"], "not the last day of a quarter"),
        (["cin", "--period", QUARTER], "no template for cin"),
        (["quarterly", "--period", QUARTER, "--la", "Atlantis"], "no English authority"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(made, arguments, sentence):
    code, _, complaint = made.main("template", *arguments)
    assert code == 2
    assert sentence in complaint


def test_before_a_build_there_is_nothing_to_write(data):
    assert data.main("init")[0] == 0
    code, _, complaint = data.main("template", "quarterly", "--period", QUARTER)
    assert code == 2
    assert "Nothing is built yet" in complaint
