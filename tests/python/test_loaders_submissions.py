"""A submission lands whole or not at all; the same again changes nothing; a newer one takes the older one's place."""

import hashlib
import itertools
from datetime import date

import pytest
from made_up import CHILD_ROW, EPISODE_ROW, cin, cin_child, episodes_csv, header_csv, ssda903_xml

from loaders import vault

HERE = "202/ssda903/2025"


def statuses(outcomes) -> set[str]:
    return {one.status for one in outcomes.values()}


def current(data) -> list[tuple]:
    return data.ask("select source_file, table_rows from vault.quality.load_log where is_current order by source_file")


def test_the_same_files_again_change_nothing(data):
    data.put("202/cin/2025/cin.xml", cin())
    data.put(f"{HERE}/header.csv", header_csv())
    data.put(f"{HERE}/broken.csv", "not,a,return\n1,2,3\n")
    assert statuses(data.load()) == {"landed", "rejected"}
    raw, log = data.everything(), data.ask("from vault.quality.load_log order by all")
    assert statuses(data.load()) == {"unchanged", "rejected"}
    assert statuses(data.load()) == {"unchanged", "rejected"}
    assert (data.everything(), data.ask("from vault.quality.load_log order by all")) == (raw, log)


def test_a_newer_file_takes_the_place_of_the_older_one(data):
    data.put("202/cin/2025/cin.xml", cin(cin_child("OLD"), cin_child("BOTH")))
    data.load()
    data.put("202/cin/2025/cin.xml", cin(cin_child("BOTH"), cin_child("NEW"), cin_child("NEWER"), serial="2"))
    assert statuses(data.load()) == {"landed"}
    assert [row["LAchildID"] for row in data.raw("cin__child_identifiers")] == ["BOTH", "NEW", "NEWER"]
    assert [file for file, _ in current(data)] == ["202/cin/2025/cin.xml"]
    assert len(data.ask("from vault.quality.load_log where status = 'landed'")) == 2


def test_other_years_authorities_and_returns_stay(data):
    others = {"203/cin/2025/b.xml": cin(la="203"), "202/cin/2024/c.xml": cin(year=2024), f"{HERE}/h.csv": header_csv()}
    for path, content in others.items():
        data.put(path, content)
    data.put("202/cin/2025/a.xml", cin(cin_child("OLD")))
    data.load()
    before = data.everything()
    data.put("202/cin/2025/a.xml", cin(cin_child("NEW")))
    assert {name for name, one in data.load().items() if one.status == "landed"} == {"a.xml"}
    after = data.everything()
    assert before["ssda903__header"] == after["ssda903__header"]
    kept = [row for row in before["cin__child_identifiers"] if "OLD" not in row]
    assert len(kept) == 2
    assert set(kept) < set(after["cin__child_identifiers"])


def test_one_table_sent_again_replaces_that_table_alone(data):
    data.put(f"{HERE}/header.csv", header_csv())
    data.put(f"{HERE}/episodes.csv", episodes_csv())
    data.load()
    header = data.raw("ssda903__header")
    data.put(f"{HERE}/episodes.csv", episodes_csv(EPISODE_ROW, ["SECOND", *EPISODE_ROW[1:]]))
    outcome = data.load(data.home.inbox / HERE / "episodes.csv")["episodes.csv"]
    assert outcome.table_rows == {"episodes": 2}
    assert data.raw("ssda903__header") == header
    assert [row["CHILD"] for row in data.raw("ssda903__episodes")] == [EPISODE_ROW[0], "SECOND"]
    assert current(data) == [(f"{HERE}/episodes.csv", {"episodes": 2}), (f"{HERE}/header.csv", {"header": 1})]


def test_one_broken_file_keeps_its_own_submission_out_and_no_other(data):
    data.put(f"{HERE}/header.csv", header_csv())
    data.put(f"{HERE}/episodes.csv", episodes_csv() + "too,few\n")
    data.put("203/ssda903/2025/header.csv", header_csv())
    data.put("202/cin/2025/cin.xml", cin())
    outcomes = data.load()
    assert {name: one.status for name, one in outcomes.items() if name == "episodes.csv"} == {
        "episodes.csv": "rejected"
    }
    assert {row["la_code"] for row in data.raw("ssda903__header")} == {"E09000011"}
    assert len(data.raw("cin__child_identifiers")) == 1
    reasons = dict(data.ask("select source_file, reason from vault.quality.load_log where status = 'rejected'"))
    assert "has 2 values" in reasons[f"{HERE}/episodes.csv"]
    assert "the other files of this submission were not landed either" in reasons[f"{HERE}/header.csv"]


def test_a_broken_resubmission_leaves_what_stood(data):
    data.put("202/cin/2025/cin.xml", cin(cin_child("FIRST")))
    data.load()
    before = data.everything(), current(data)
    data.put("202/cin/2025/cin.xml", cin(cin_child("SECOND"))[:-20])
    assert statuses(data.load()) == {"rejected"}
    assert (data.everything(), current(data)) == before
    data.put("202/cin/2025/cin.xml", cin(cin_child("THIRD")))
    assert statuses(data.load()) == {"landed"}
    assert [row["LAchildID"] for row in data.raw("cin__child_identifiers")] == ["THIRD"]


@pytest.mark.parametrize("names", [*itertools.permutations(["a.xml", "b.xml", "c.xml"])])
def test_of_several_censuses_the_highest_serial_number_counts(data, names):
    for name, serial in zip(names, ["2", "10", "9"], strict=True):
        data.put(f"202/cin/2025/{name}", cin(cin_child(f"S{serial}"), serial=serial))
    outcomes = data.load()
    assert [row["LAchildID"] for row in data.raw("cin__child_identifiers")] == ["S10"]
    assert sorted(one.status for one in outcomes.values()) == ["landed", "superseded", "superseded"]
    assert {one.status for one in data.load().values()} == {"unchanged", "superseded"}


def test_the_same_file_twice_in_one_folder_lands_once(data):
    for name in ("header.csv", "copy of header.csv"):
        data.put(f"{HERE}/{name}", header_csv())
    assert sorted(one.status for one in data.load().values()) == ["landed", "superseded"]
    assert len(data.raw("ssda903__header")) == 1


def test_two_different_files_of_one_table_are_a_doubt_for_the_sender(data):
    data.put(f"{HERE}/header.csv", header_csv())
    data.put(f"{HERE}/header (2).csv", header_csv(["OTHER", *CHILD_ROW[1:]]))
    outcomes = data.load()
    assert statuses(outcomes) == {"rejected"}
    assert "both have the table header; keep one" in outcomes["header.csv"].reason
    assert data.raw("ssda903__header") == []


def test_xml_and_tables_of_one_submission_are_a_doubt_for_the_sender(data):
    data.put(f"{HERE}/return.xml", ssda903_xml())
    data.put(f"{HERE}/header.csv", header_csv())
    outcomes = data.load()
    assert statuses(outcomes) == {"rejected"}
    assert "keep one of the two" in outcomes["header.csv"].reason


def test_the_order_of_files_does_not_matter(data, new_data, tmp_path):
    files = {
        "cin.xml": cin(),
        "header.csv": header_csv(),
        "episodes.csv": episodes_csv(),
        "broken.csv": "CHILD,DECOM\nx\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    where = {"la": "202", "period": "2025"}
    expected = None
    for number, order in enumerate(itertools.permutations(files)):
        if number % 4:
            continue
        vault = new_data(f"order{number}")
        vault.load(*(tmp_path / name for name in order), **where)
        found = vault.everything()
        expected = expected or found
        assert found == expected


def test_the_order_of_rows_changes_nothing_but_their_numbers(data):
    rows = [[f"C{n}", *CHILD_ROW[1:]] for n in range(5)]
    data.put(f"{HERE}/header.csv", header_csv(*rows))
    data.load()
    before = sorted(row["CHILD"] for row in data.raw("ssda903__header"))
    data.put(f"{HERE}/header.csv", header_csv(*rows[::-1]))
    data.load()
    assert sorted(row["CHILD"] for row in data.raw("ssda903__header")) == before


def test_the_log_says_what_a_file_was(data):
    file = data.put("202/cin/2025/cin.xml", cin())
    data.load()
    ((sha256, size, encoding, rows, status, version),) = data.ask(
        "select sha256, size_bytes, encoding, table_rows, status, spec_version from vault.quality.load_log"
    )
    assert sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (size, encoding, status) == (file.stat().st_size, "utf-8", "landed")
    assert rows["child_identifiers"] == 1
    assert version


def test_rows_from_before_there_were_periods_are_of_31_march(data):
    data.put(f"{HERE}/header.csv", header_csv())
    data.load()
    everything = data.everything()
    with vault.connect(data.home, vault=True) as connection:
        for table in ("raw.ssda903__header", "quality.load_log"):
            connection.execute(f"alter table vault.{table} drop column period_end")
    assert data.load()["header.csv"].status == "unchanged"
    assert data.ask("select period_end from vault.raw.ssda903__header") == [(date(2025, 3, 31),)]
    assert len(everything["ssda903__header"]) == len(data.raw("ssda903__header"))
