"""Returns that others made up land as they are: no row lost, no value other than the file's."""

import csv
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from datetime import date

import pytest

from loaders import spec
from loaders.spelling import plain

CIN = {
    "csc-validator-be-cin__fake_CIN_data.xml": (332, 2022, []),
    "csc-validator-be-cin__CIN2rows.xml": (1, 2023, ["ReferenceDate is 2024-03-31, expected 2023-03-31."]),
    "csc-validator-be-cin__CIN_Census_2021.xml": (1, 2023, []),
    "liia-tools-pipeline__BAR_cin_2022.xml": (1, 2022, []),
}
CSWW = {
    "liia-tools__social_work_workforce_2022.xml": (30, 2022, []),
    "liia-tools__csww_sample.xml": (14, 2023, ["ReferenceDate is 2023-04-13, expected 2023-09-30."]),
}
SEN2_ROWS = {"header": 1, "persons": 3, "requests": 4, "assessments": 4, "named_plans": 1, "plan_details": 2}
SEN2_ROWS |= {"active_plans": 1, "placement_details": 2, "sen_needs": 2}
SEN2_2023 = "liia-tools-pipeline__sen2_sample_2023.xml"
SEN2_2024 = "liia-tools-pipeline__sen2_sample_2024.xml"
SEN2_BAD = {  # the values that whoever made the sample of 2023 put there to be found, by field
    "Ethnicity": "XXXX",
    "UPN": "X12345678901200000",
    "UniqueLearnerNumber": "123456708900000",
    "UPNunknown": "XXX",
    "RYA": "99",
    "RequestOutcomeDate": "XXXX-12-01",
    "RequestOutcome": "XX",
    "RequestMediation": "X",
    "RequestTribunal": "X",
    "Exported": "XX",
    "AssessmentOutcome": "XX",
}
CSV = ["DoLo", "ad1", "episodes", "header", "missing", "oc2", "oc3", "placed_for_adoption", "previous_permanence"]
CSV += ["reviews", "sw_episodes", "uasc"]


def leaves(root) -> Counter:
    """Every (tag, text) of an XML file, counted by Python's own parser."""
    return Counter(
        (element.tag, element.text) for element in root.iter() if len(element) == 0 and element.text is not None
    )


@pytest.mark.parametrize("name", CIN)
def test_a_cin_sample_lands(data, samples, name):
    children, year, findings = CIN[name]
    outcome = next(iter(data.load(samples / "cin" / name, la="Camden").values()))
    assert (outcome.status, outcome.la_name, outcome.return_year) == ("landed", "Camden", year)
    assert outcome.table_rows["child_identifiers"] == len(data.raw("cin__child_identifiers")) == children
    assert set(findings) <= set(outcome.findings)


@pytest.mark.parametrize("name", CSWW)
def test_a_csww_sample_lands(data, samples, name):
    workers, year, findings = CSWW[name]
    outcome = next(iter(data.load(samples / "csww" / name, la="Camden").values()))
    assert (outcome.status, outcome.return_name, outcome.return_year) == ("landed", "csww", year)
    assert outcome.table_rows == {"header": 1, "la_level": 1, "workers": workers}
    assert len(data.raw("csww__workers")) == workers
    assert set(findings) <= set(outcome.findings)


@pytest.mark.parametrize(
    ("name", "period", "rows", "findings"),
    [
        (
            SEN2_2023,
            "2023",
            SEN2_ROWS,
            [
                "Year 2024 of the file was overridden by --period 2023.",
                "ReferenceDate is 2023-01-18, expected 2023-01-19.",
            ],
        ),
        (SEN2_2023, None, SEN2_ROWS, ["ReferenceDate is 2023-01-18, expected 2024-01-18."]),
        (SEN2_2024, None, SEN2_ROWS | {"persons": 2, "requests": 3, "assessments": 3}, []),
    ],
)
def test_a_sen2_sample_lands(data, samples, name, period, rows, findings):
    outcome = next(iter(data.load(samples / "sen2" / name, period=period).values()))
    assert (outcome.status, outcome.return_name, outcome.la_name) == ("landed", "sen2", "City of London")
    assert outcome.table_rows == rows
    assert outcome.findings == findings
    assert {table: len(data.raw(f"sen2__{table}")) for table in rows} == rows


def test_the_bad_sen2_sample_yields_a_fix_list_that_names_each_bad_value(data, samples):
    data.load(samples / "sen2" / SEN2_2023, period="2023")
    data.liia("check")
    with (data.home.root / "quality/city-of-london/fix_list.csv").open(newline="", encoding="utf-8-sig") as text:
        listed = list(csv.DictReader(text))
    found = {row["field"]: (row["value"], row["line"]) for row in listed if row["rule"] in ("code", "pattern")}
    lines = (samples / "sen2" / SEN2_2023).read_text().splitlines()
    assert {field: value for field, (value, _) in found.items()} == SEN2_BAD
    for field, (value, line) in found.items():  # the line on which the block begins, the value not far below it
        begins = int(line) - 1
        assert any(f">{value}</{field}>" in text for text in lines[begins : begins + 12]), (field, line)
    # and what no single value shows: several identifiers of one establishment, and what is left out
    others = {(row["field"], row["rule"]) for row in listed} - {(field, "code") for field in found}
    assert {("SENSetting", "conflict"), ("UPNunknown", "conflict"), ("AttendancePattern", "missing")} <= others


@pytest.mark.parametrize(
    ("folder", "name", "return_name"),
    [("cin", name, "cin") for name in CIN]
    + [("csww", name, "csww") for name in CSWW]
    + [("sen2", SEN2_2023, "sen2"), ("sen2", SEN2_2024, "sen2")]
    + [("ssda903", "csc-validator-be-903__fake_903.xml", "ssda903")],
)
def test_every_value_of_an_xml_sample_is_in_raw_and_no_other(data, samples, folder, name, return_name):
    """Values are compared where they belong: a value that a table takes from elsewhere is counted at home only."""
    period = "2018" if return_name == "ssda903" else None
    data.load(samples / folder / name, la="Camden", period=period)
    landed = Counter()
    seen = set()
    for table in spec.returns()[return_name].tables:
        rows = data.raw(table.identifier)
        for column in table.columns:
            path = table.path(column)
            if path is None or path in seen or not (path + "/").startswith(table.meta.path + "/"):
                continue
            seen.add(path)
            landed += Counter((path.rpartition("/")[2], row[column.name]) for row in rows if row[column.name])
    expected = leaves(ElementTree.parse(samples / folder / name).getroot())
    optional = {"UASC", "IN_TOUCH", "DATE_INT"}  # 903 rows of these tables exist only where the value says so
    for (tag, value), count in expected.items():
        if tag not in optional:
            assert landed[tag, value] == count, (tag, count)
    assert not {pair for pair in landed if pair not in expected}


def test_the_903_sample_in_xml_has_its_children(data, samples):
    sample = samples / "ssda903" / "csc-validator-be-903__fake_903.xml"
    outcome = next(iter(data.load(sample, la="Camden", period="2018").values()))
    assert outcome.status == "landed"
    assert len(data.raw("ssda903__header")) == outcome.table_rows["header"] == 253


def test_the_twelve_903_samples_land_value_for_value(data, samples):
    files = [samples / "ssda903" / f"csc-validator-be-903__{name}.csv" for name in CSV]
    outcomes = data.load(*files, la="Camden", period="2018")
    assert {one.status for one in outcomes.values()} == {"landed"}
    for file in files:
        ((table, count),) = outcomes[file.name].table_rows.items()
        with file.open(newline="", encoding="utf-8-sig") as text:
            sent = list(csv.DictReader(text))
        landed = data.raw(f"ssda903__{table}")
        assert len(sent) == len(landed) == count
        for expected, row in zip(sent, landed, strict=True):
            assert {name: row[name] or "" for name in expected} == expected
        assert [row["source_line"] for row in landed] == list(range(2, count + 2))


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ANNEX_A = {
    "contacts": 5, "early_help": 5, "referrals": 6, "assessments": 5, "section_47": 5, "children_in_need": 5,
    "child_protection": 7, "children_in_care": 5, "care_leavers": 6, "adoption": 5, "adopters": 5,
}  # fmt: skip


def sheet_rows(path, number: int) -> list[list[str | float | None]]:
    """The rows of a sheet that hold anything, as they stand in its XML: texts, and numbers as numbers."""
    with zipfile.ZipFile(path) as archive:
        texts = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    shared = ["".join(part.text or "" for part in text.iter(f"{MAIN}t")) for text in texts.iter(f"{MAIN}si")]
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        values: dict[int, str | float | None] = {}
        for cell in row.iter(f"{MAIN}c"):
            column = 0
            for letter in re.match(r"[A-Z]+", cell.get("r"))[0]:
                column = column * 26 + ord(letter) - 64
            said, kind = cell.findtext(f"{MAIN}v"), cell.get("t", "n")
            if kind == "s":
                said = shared[int(said)]
            elif kind == "n" and said:
                said = float(said)
            values[column - 1] = None if kind == "e" else said  # an error, such as #N/A, is no value
        if any(values.values()):
            rows.append([values.get(column) for column in range(max(values) + 1)])
    return rows


def same(sent: str | float | None, landed: str | None) -> bool:
    """Whether a value is the one that was sent; a number to nine decimal places, or the day that it counts."""
    if sent is None or isinstance(sent, str):
        return (sent or "").strip() == (landed or "").strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", landed or ""):
        return (date.fromisoformat(landed) - date(1899, 12, 30)).days == sent
    return abs(float(landed) - sent) < 1e-9


def test_the_annex_a_sample_lands_value_for_value(data, samples):
    sample = samples / "annex_a" / "liia-tools__Annex_A.xlsx"
    (outcome,) = data.load(sample, la="Camden", period="2024-01-31").values()
    assert (outcome.status, outcome.table_rows) == ("landed", ANNEX_A)
    for number, table in enumerate(spec.returns()["annex_a"].tables, start=1):
        header, *sent = sheet_rows(sample, number)
        landed = data.raw(table.identifier)
        assert len(sent) == len(landed) == ANNEX_A[table.name]
        columns = {plain(name): column.name for column in table.columns for name in column.names}
        for expected, row in zip(sent, landed, strict=True):
            assert row["unmapped"] is None
            for name, value in zip(header, expected, strict=False):
                assert same(value, row[columns[plain(name)]]), (table.name, name, value)


def test_the_annex_a_sample_is_no_area_send_list(data, samples):
    sample = samples / "annex_a" / "liia-tools__Annex_A.xlsx"
    data.put("202/annex_a_send/2024-01-31/sample.xlsx", sample.read_bytes())
    outcome = data.load()["sample.xlsx"]
    assert outcome.status == "rejected"
    assert outcome.reason.startswith("it lies in a folder for annex_a_send and is annex_a;")


@pytest.mark.parametrize("name", ["ch_fake", "scp_fake"])
def test_a_list_of_providers_is_no_return(data, samples, name):
    sample = samples / "ofsted_provider_lists" / f"csc-validator-be-903__{name}.xlsx"
    (outcome,) = data.load(sample, la="Camden", period="2024-01-31").values()
    assert outcome.status == "rejected"
    assert "a workbook without a sheet that is a table of a known return" in outcome.reason
