"""The made-up returns: the same every time, as the specification says, consistent within and across years."""

import csv
import io
import os
import re
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from loaders import spec
from synthetic.sample import authorities, write_sample

CIN, CLA = spec.returns()["cin"], spec.returns()["ssda903"]
YEARS = tuple(range(2020, 2027))


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """Three authorities over seven years, without faults."""
    out = tmp_path_factory.mktemp("clean")
    write_sample(out, years=YEARS, las=["Camden", "Newham", "Kingston upon Thames"], children_per_la=250, faults=False)
    return out


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> Path:
    """All of London with its faults, and the answer key beside the inbox."""
    out = tmp_path_factory.mktemp("faulty")
    write_sample(out / "inbox", faults_file=out / "faults.csv")
    return out


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding))))


def year_of(path: Path) -> int:
    return int(path.parent.name)


def day(source: spec.Return, text: str | None):
    return datetime.strptime(text, source.meta.date_format).date() if text else None


def xml_values(path: Path):
    """Every leaf of a file with its path and text."""
    for element in etree.parse(path).iter():
        if len(element) == 0:
            steps = [element.tag, *(ancestor.tag for ancestor in element.iterancestors())]
            yield "/" + "/".join(reversed(steps)), element.text


def check(source: spec.Return, column: spec.Column, value: str, year: int):
    """That a value is of the column's type, pattern and code list in a year."""
    assert spec.within(column.meta.years, year), f"{column.name} in {year}"
    pattern = source.pattern(column)
    assert not pattern or re.fullmatch(pattern, value), f"{column.name} {value}"
    if column.meta.type == "date":
        day(source, value)
    if column.meta.code_list:
        codes = {c.code for c in spec.code_list(source.name, column.meta.code_list) if spec.within(c.years, year)}
        assert value in codes, f"{column.name} {value} in {year}"


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed(tmp_path):
    call = "from synthetic.sample import *; import sys; write_sample(Path(sys.argv[1]), las=['Islington'])"
    for hash_seed in ("1", "2"):
        environment = os.environ | {
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": str(spec.PROJECT),
            "TZ": f"UTC{hash_seed}",
        }
        subprocess.run([sys.executable, "-c", call, tmp_path / hash_seed], check=True, env=environment)
    assert everything(tmp_path / "1") == everything(tmp_path / "2")


def test_another_seed_gives_other_lives(tmp_path):
    for seed in (1, 2):
        write_sample(tmp_path / str(seed), seed=seed, las=["Islington"], years=[2024])
    first, second = everything(tmp_path / "1"), everything(tmp_path / "2")
    assert first["islington/cin/2024/cin_2024.xml"] != second["islington/cin/2024/cin_2024.xml"]


def test_all_of_london_takes_seconds(tmp_path):
    began = time.process_time()
    written = write_sample(tmp_path)
    assert time.process_time() - began < 20
    assert len(authorities()) == 33
    assert {path.relative_to(tmp_path).parts[0] for path in written} >= {
        "city-of-london",
        "hammersmith-and-fulham",
    }
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_every_value_of_the_census_is_in_the_specification_and_valid_in_its_year(clean):
    columns = {table.path(column): column for table in CIN.tables for column in table.columns}
    met = set()
    for path in clean.rglob("cin_*.xml"):
        for place, value in xml_values(path):
            check(CIN, columns[place], value, year_of(path))
            met.add(columns[place].name)
    unused = {column.name for column in columns.values() if column.meta.years[0] <= YEARS[-1]} - met
    assert unused == {"AssessmentInternalReviewDate", "FormerUPN", "CBDSLevel"}


def test_every_census_row_has_the_fields_that_are_always_required(clean):
    for path in clean.rglob("cin_*.xml"):
        tree = etree.parse(path)
        for table in CIN.tables:
            always = [
                c for c in table.columns if c.meta.required == "always" and spec.within(c.meta.years, year_of(path))
            ]
            own = [table.path(c).removeprefix(f"{table.meta.path}/") for c in always]
            for element in tree.iterfind("." + table.meta.path.removeprefix("/Message")):
                assert all(element.findtext(inner) for inner in own if not inner.startswith("/"))


def test_census_elements_stand_in_document_order(clean):
    order = ["PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "DateOfInitialCPC", "Assessments"]
    order += ["CINPlanDates", "Section47", "ReferralNFA", "ChildProtectionPlans"]
    for path in clean.rglob("cin_*.xml"):
        for details in etree.parse(path).iter("CINdetails"):
            positions = [order.index(element.tag) for element in details if element.tag in order]
            assert positions == sorted(positions)


def test_the_dates_of_a_referral_follow_one_another_within_the_year(clean):
    for path in clean.rglob("cin_*.xml"):
        closing = day(CIN, f"{year_of(path)}-03-31")
        opening = closing.replace(year=closing.year - 1, month=4, day=1)
        for details in etree.parse(path).iter("CINdetails"):
            referred = day(CIN, details.findtext("CINreferralDate"))
            closed = day(CIN, details.findtext("CINclosureDate"))
            assert referred <= closing
            assert closed is None or max(referred, opening) <= closed <= closing
            assert (closed is None) == (details.findtext("ReasonForClosure") is None)
            dates = [e for e in details.iter() if e.tag.endswith("Date") or e.tag.endswith("date")]
            assert all(referred <= day(CIN, e.text) <= (closed or closing) for e in dates)
            for assessment in details.iter("Assessments"):
                finished = assessment.findtext("AssessmentAuthorisationDate")
                assert (finished is None) == (assessment.find("FactorsIdentifiedAtAssessment") is None)
            for plan in details.iter("ChildProtectionPlans"):
                held = {e.text for e in details.iter("DateOfInitialCPC")}
                assert plan.findtext("CPPstartDate") in held or day(CIN, plan.findtext("CPPstartDate")) < opening
            if details.findtext("ReferralNFA") == "true":
                assert {e.tag for e in details} == {"CINreferralDate", "ReferralSource", "ReferralNFA"}


def test_every_csv_has_the_header_of_its_year_and_valid_values(clean):
    for folder in clean.glob("*/ssda903/*"):
        year = int(folder.name)
        expected = {table.meta.file: table for table in CLA.tables if spec.within(table.meta.years, year)}
        sent = {path.name for path in folder.iterdir()}
        assert {"header.csv", "episodes.csv"} <= sent <= set(expected)
        for name in sent:
            table = expected[name]
            columns = [c for c in table.columns if spec.within(c.meta.years, year) and c.name != "UASC"]
            header, *body = csv.reader(io.StringIO((folder / name).read_text()))
            assert body, f"{name} was sent with nothing in it"
            assert header == [column.name for column in columns]
            for row in body:
                for column, value in zip(columns, row, strict=True):
                    assert value or column.meta.required != "always", (name, column.name)
                    if value and not (column.name == "UPN" and value.startswith("UN")):
                        check(CLA, column, value, year)


def test_no_csv_has_two_rows_of_one_grain(clean):
    for table in CLA.tables:
        for path in clean.rglob(table.meta.file):
            keys = [tuple(row[name] for name in table.meta.grain) for row in rows(path)]
            assert len(keys) == len(set(keys)), path


def test_episodes_of_a_period_of_care_join_up(clean):
    for path in clean.rglob("episodes.csv"):
        last = None
        for row in rows(path):
            begins, ends = day(CLA, row["DECOM"]), day(CLA, row["DEC"])
            assert ends is None or begins < ends <= day(CLA, f"31/03/{year_of(path)}")
            assert bool(row["DEC"]) == bool(row["REC"])
            if last and last["CHILD"] == row["CHILD"] and last["REC"] == "X1":
                assert row["DECOM"] == last["DEC"]
                placed = any(row[name] != last[name] for name in ("PLACE", "PL_POST", "URN"))
                assert row["RNE"] == {(True, False): "L", (True, True): "B"}.get(
                    (row["LS"] != last["LS"], placed), row["RNE"]
                )
                assert row["RNE"] in ("P", "T") or row["LS"] != last["LS"]
            else:
                assert row["RNE"] == "S" or begins < day(CLA, f"01/04/{year_of(path) - 1}")
                assert last is None or last["CHILD"] == row["CHILD"] or last["REC"] != "X1"
            last = row


def test_an_episode_left_open_is_reported_again_next_year(clean):
    for path in clean.rglob("episodes.csv"):
        following = path.parents[1] / str(year_of(path) + 1) / path.name
        if following.exists():
            again = {(row["CHILD"], row["DECOM"]) for row in rows(following)}
            assert {(row["CHILD"], row["DECOM"]) for row in rows(path) if not row["DEC"]} <= again


def test_every_child_of_a_looked_after_file_is_in_its_header(clean):
    for folder in clean.glob("*/ssda903/*"):
        known = {row["CHILD"]: row["DOB"] for row in rows(folder / "header.csv")}
        for path in folder.iterdir():
            assert all(row.get("DOB", known[row["CHILD"]]) == known[row["CHILD"]] for row in rows(path))


def test_pupil_numbers_carry_the_right_check_letter_and_are_unique(clean):
    for path in clean.rglob("cin_*.xml"):
        numbers = [element.text for element in etree.parse(path).iter("UPN")]
        assert numbers and len(numbers) == len(set(numbers))
        for number in numbers:
            total = sum(int(digit) * weight for digit, weight in zip(number[1:], range(2, 14), strict=True))
            assert number[0] == "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23]


def test_needs_outnumber_care_about_as_they_do_in_london(clean):
    in_need = sum(len(list(etree.parse(path).iter("Child"))) for path in clean.rglob("cin_*.xml"))
    cared_for = sum(len({row["CHILD"] for row in rows(path)}) for path in clean.rglob("episodes.csv"))
    assert 2 < in_need / cared_for < 6


def test_the_answer_key_says_what_is_wrong_and_where(faulty):
    inbox, key = faulty / "inbox", rows(faulty / "faults.csv")
    slugs = {la["la_code"]: re.sub("[^a-z]+", "-", la["la_name"].lower()) for la in authorities()}
    assert len(key) >= 20
    for fault in key:
        folder = inbox / slugs[fault["la_code"]] / fault["return_name"] / fault["return_year"]
        if fault["kind"] == "return_missing":
            assert not folder.exists()
        elif fault["column"] and fault["file"].endswith(".csv"):
            ours = [r for r in rows(folder / fault["file"]) if r["CHILD"] in (fault["child_id"], fault["value"])]
            assert fault["value"] in [row[fault["column"]] for row in ours]
        elif fault["column"]:
            values = {value for place, value in xml_values(folder / fault["file"]) if place.endswith(fault["column"])}
            assert fault["value"] in values or not fault["value"]
        else:
            assert (folder / fault["file"]).exists()


def test_odd_files_are_odd_in_the_way_the_answer_key_says(faulty):
    def only(kind: str) -> Path:
        fault = next(fault for fault in rows(faulty / "faults.csv") if fault["kind"] == kind)
        name = next(la["la_name"] for la in authorities() if la["la_code"] == fault["la_code"])
        return faulty / "inbox" / name.lower() / "ssda903" / fault["return_year"] / fault["file"]

    assert only("lower_case_header").read_text().startswith("child,decom")
    assert only("reordered_columns").read_text().startswith("MC_DOB,MOTHER")
    assert "GENDER" in rows(only("aliased_column"))[0]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", rows(only("iso_dates") / "header.csv")[0]["DOB"])
    assert only("byte_order_mark").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Team’s note" in rows(only("cp1252"), "cp1252")[0]
    assert rows(only("utf_16"), "utf-16")[0]["RNE"]
    assert etree.parse(only("sent_as_xml")).getroot().tag == CLA.meta.xml_root
    assert "episodes.csv" in zipfile.ZipFile(only("sent_as_zip")).namelist()


def test_the_xml_form_of_the_looked_after_return_follows_the_specification(faulty):
    path = next(faulty.rglob("ssda903_*.xml"))
    columns = {table.path(column): column for table in CLA.tables for column in table.columns if table.path(column)}
    for place, value in xml_values(path):
        if not (place.endswith("UPN") and value.startswith("UN")):
            check(CLA, columns[place], value, year_of(path))
