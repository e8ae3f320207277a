"""Published statistics: how a file is told, what lands of it, and what is refused. All figures here are made up."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from conftest import Data
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from loaders import official_spec
from loaders.spec import SpecError

PLACE = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
PLACE += "old_la_code,new_la_code,la_name"
CAMDEN = "Reporting year,Local authority,E92000001,England,E13000001,Inner London,202,E09000007,Camden"
LONDON = "Reporting year,Regional,E92000001,England,E12000007,London,,,"
ENGLAND = "Reporting year,National,E92000001,England,,,,,"


def plans(*rows: str) -> str:
    """Table D3 of the children in need census: plans started, second or later ones, their share."""
    return "\n".join([f"{PLACE},category,CPP_start,CPP_subsequent,CPP_subsequent_percent", *rows]) + "\n"


def figures(data: Data, columns: str = "area, time_period, indicator, value_as_published") -> list[tuple]:
    return data.ask(f"select {columns} from vault.official.figures order by source_file, source_row, indicator")


def test_a_row_of_a_file_becomes_a_row_per_figure(data):
    outcome = data.one(plans(f"2024,{CAMDEN},Plans,40,c,z", f"2025,{LONDON},Plans,7000,1400,20.0"))
    assert (outcome.status, outcome.return_name) == ("landed", "dfe_cin d3_later_plans 2025")
    assert outcome.table_rows == {"figures": 6}
    assert figures(data) == [
        ("E09000007", "2024", "CPP_start", "40"),
        ("E09000007", "2024", "CPP_subsequent", "c"),
        ("E09000007", "2024", "CPP_subsequent_percent", "z"),
        ("E12000007", "2025", "CPP_start", "7000"),
        ("E12000007", "2025", "CPP_subsequent", "1400"),
        ("E12000007", "2025", "CPP_subsequent_percent", "20.0"),
    ]
    told = "publication, dataset, release, period_ends, areas_rounded_to, licence, figures"
    assert data.ask(f"select {told} from vault.official.files") == [
        ("dfe_cin", "d3_later_plans", "2025", "03-31", 10, "OGL v3.0", 6)
    ]


def test_an_area_is_named_at_its_own_level(data):
    """A region without a code is not England: its name stands for it."""
    demo = "2025,Reporting year,Regional,E92000001,England,,Region demo,,,,Plans,1,2,3"
    data.one(plans(f"2025,{ENGLAND},Plans,1,2,3", demo))
    assert figures(data, "distinct area, source_row, source_file, indicator")[0][0] == "E92000001"
    assert {row[0] for row in figures(data)} == {"E92000001", "Region demo"}


def test_what_another_release_calls_a_column_is_the_same_indicator(data):
    data.one(f"{PLACE},category,referral_count,rereferral_count\n2025,{CAMDEN},R,500,90\n")
    assert [row[2:] for row in figures(data)] == [("Re_referrals", "90"), ("Referrals", "500")]


@pytest.mark.parametrize(("group", "dataset"), [("Adopted", "ceased_to_permanence"), ("Taken into care", "started")])
def test_tables_with_the_same_columns_are_told_by_what_stands_in_them(data, group, dataset):
    content = f"{PLACE},cla_group,characteristic,number,percentage\n2022,{CAMDEN},{group},Total,7,x\n"
    outcome = data.one(content.replace("Adopted,Total", "Special guardianship orders,Total"))
    assert outcome.return_name == f"dfe_cla {dataset} 2022"


def test_a_file_that_does_not_say_which_table_it_is_is_refused(data):
    outcome = data.one(f"{PLACE},cla_group,characteristic,number,percentage\n2022,{CAMDEN},Stars,Total,7,x\n")
    assert outcome.status == "rejected"
    assert outcome.reason.endswith("and its values do not say which")


def test_what_a_figure_is_of_stands_in_its_filters(data):
    header = f"{PLACE},population_type,population_estimate,children_count,rate_per_10000"
    data.one(f"{header}\n2025,{CAMDEN},Children looked after on 31 March each year,50000,250,50\n")
    assert figures(data, "distinct filters, source_file, source_row, indicator")[0][0] == (
        "population_type: Children looked after on 31 March each year"
    )


def test_a_newer_file_takes_the_place_of_the_older_one_and_another_release_stands_beside_it(data):
    file = data.put("official/d3.csv", plans(f"2024,{CAMDEN},Plans,40,6,15"))
    assert data.load()["d3.csv"].status == "landed"
    assert data.load()["d3.csv"].status == "unchanged"
    file.write_text(plans(f"2024,{CAMDEN},Plans,41,6,15"))
    data.put("official/d3_2025.csv", plans(f"2025,{CAMDEN},Plans,50,6,12"))
    assert {name: one.status for name, one in data.load().items()} == {"d3.csv": "landed", "d3_2025.csv": "landed"}
    starts = "select release, value_as_published from vault.official.figures where indicator = 'CPP_start' order by all"
    assert data.ask(starts) == [("2024", "41"), ("2025", "50")]


def test_two_files_of_one_table_and_release_leave_a_doubt(data):
    data.put("official/a.csv", plans(f"2024,{CAMDEN},Plans,40,6,15"))
    data.put("official/b.csv", plans(f"2024,{CAMDEN},Plans,41,6,15"))
    became = data.load()
    assert (became["a.csv"].status, became["b.csv"].status) == ("landed", "rejected")
    assert "a.csv is the same table of the same release" in became["b.csv"].reason


def test_a_file_that_breaks_off_leaves_what_stood_before(data):
    file = data.put("official/d3.csv", plans(f"2024,{CAMDEN},Plans,40,6,15"))
    data.load()
    file.write_text(plans(f"2024,{CAMDEN},Plans,41,6,15", f"2024,{LONDON},Plans"))
    assert data.load()["d3.csv"].reason == "it cannot be read as CSV; is it damaged?"
    assert [row[3] for row in figures(data)] == ["40", "6", "15"]


def test_a_file_without_rows_is_refused(data):
    assert data.one(plans()).reason == "it holds no figures"


def test_a_strange_column_and_a_strange_symbol_are_findings(data):
    content = plans(f"2024,{CAMDEN},Plans,40,?,15").replace("\n", ",extra\n", 1).replace(",15\n", ",15,1\n")
    assert data.one(content).findings == [
        "Columns not in the description, left out: extra.",
        "Neither a number nor a symbol that is known: ? (1 times).",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252", "utf-16"])
def test_any_encoding_is_read(data, encoding):
    content = plans(f"2024,{CAMDEN.replace('Camden', 'Ynys Môn')},Plans,40,6,15")
    if encoding == "utf-16":  # no publisher uses it; what is not recognised is refused as a return would be
        assert data.one(content.encode(encoding)).status == "rejected"
        return
    assert data.one(content.encode(encoding)).status == "landed"


def parquet_bytes(**columns: list) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream)
    return stream.getvalue()


def test_a_parquet_file_lands_as_text(data):
    content = parquet_bytes(
        **{
            "Short Desc": ["LAC", "LAC"],
            "Data item": [None, None],
            "Years": ["2025", "2025"],
            "LA and Regions": ["Camden", "England"],
            "Values": ["-", "4.2E-2"],
            "LA Number": [202.0, 970.0],
            "Region": ["Inner London", "NA"],
        }
    )
    assert data.one(content).status == "landed"
    assert [row[0::3] for row in figures(data)] == [("202", "-"), ("970", "4.2E-2")]


def test_a_damaged_parquet_file_and_one_in_an_archive_are_refused(data):
    content = parquet_bytes(a=[1])
    assert data.one(content[:-20], "cut.parquet").reason == "it is a Parquet file that cannot be read; is it damaged?"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.parquet", content)
    assert "zip archive" in data.one(packed.getvalue(), "a.zip").reason


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ('"Tool_Name","Type","Owner","Link"\n"a","b","c","d"\n', "Links of the local authority interactive tool"),
        ("Education, health and care plans\n2022 Reporting year\n\nDescription\n", "Data guidance of Education"),
    ],
)
def test_a_file_that_is_known_and_holds_no_figures_is_set_aside(data, content, title):
    outcome = data.one(content)
    assert outcome.status == "set aside"
    assert outcome.reason.startswith(title)
    assert data.ask("select status, is_current from vault.quality.load_log") == [("set aside", False)]


def test_a_file_that_was_refused_and_lands_is_no_longer_refused_in_the_status(data):
    file = data.put("official/d3.csv", plans())
    data.load()
    assert "1 files refused" in data.main("status")[1]
    file.write_text(plans(f"2024,{CAMDEN},Plans,40,6,15"))
    data.load()
    assert "0 submissions landed, 0 files refused" in data.main("status")[1]


def test_a_return_is_still_told_for_a_return(data):
    assert data.one("CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/05/2015,10/06/2023,PN1\n", la="202", period="2024").status == (
        "landed"
    )


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8))
def test_every_cell_is_found_again_as_it_was(rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow(["2024", *CAMDEN.split(","), "Plans", *row])
    with tempfile.TemporaryDirectory() as folder:
        data = Data(Path(folder))
        assert data.one(plans() + text.getvalue()).status == "landed"
        found = [value for (value,) in figures(data, "value_as_published")]
    assert found == [cell or None for row in rows for cell in row]


def spec_with(tmp_path: Path, change) -> Path:
    document = yaml.safe_load((official_spec.PROJECT / official_spec.PATH).read_text())
    change(document["sources"][0]["config"]["meta"])
    file = tmp_path / official_spec.PATH
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(document))
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda meta: meta["publications"][0].update(colour="red"), "colour: Extra inputs are not permitted"),
        (lambda meta: meta["publications"][0].update(period_ends="31 March"), "String should match pattern"),
        (lambda meta: meta["publications"][0]["datasets"][0].update(ignored=["number"]), "names a column twice"),
        (lambda meta: meta["publications"][0]["datasets"][0].update(period=None), "give the column of the period"),
        (lambda meta: meta["publications"][0]["datasets"][0].update(also_called={"n": ["m"]}), "names no column"),
        (lambda meta: meta["no_figures"].append(meta["no_figures"][0]), "a name stands twice"),
        (lambda meta: meta["no_figures"][0].update(begins="x"), "give either columns or begins"),
    ],
)
def test_a_mistake_in_the_description_is_named(tmp_path, change, said):
    with pytest.raises(SpecError, match=said):
        official_spec.official(spec_with(tmp_path, change))


def test_the_tables_of_the_loader_are_those_that_are_described():
    document = yaml.safe_load((official_spec.PROJECT / official_spec.PATH).read_text())
    described = {t["name"]: [c["name"] for c in t["columns"]] for t in document["sources"][0]["tables"]}
    assert described == {name: list(columns) for name, columns in official_spec.TABLES.items()}
