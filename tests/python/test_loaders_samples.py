"""Returns that others made up land as they are: no row lost, no value other than the file's."""

import csv
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest

from loaders import spec

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
    ("folder", "name", "return_name"),
    [("cin", name, "cin") for name in CIN]
    + [("csww", name, "csww") for name in CSWW]
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
