"""What a run of the checks leaves behind: fix lists for authorities, Data Docs for London, no secret in either."""

import csv
import json
import os
import stat
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import get_args

import pytest

from loaders import spec, vault
from loaders.home import Home
from loaders.quality import fix_lists, run_checks
from loaders.quality.checks import Rule, quoted

BARNET, BEXLEY, BRENT = "E09000003", "E09000004", "E09000005"
INJECTION = "=HYPERLINK(A1)"


def insert(connection, identifier, row):
    names = ", ".join(quoted(name) for name in row)
    connection.execute(
        f"insert into vault.raw.{identifier} ({names}) values ({', '.join('?' * len(row))})", list(row.values())
    )


def episode(connection, la_code, number, **changes):
    sent = {"CHILD": f"KID{number}", "DECOM": "01/05/2024", "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U1"}
    where = {"la_code": la_code, "return_year": 2025, "period_end": "2025-03-31", "source_file": "episodes.csv"}
    place = {"source_line": number + 1, "source_row": number}
    insert(connection, "ssda903__episodes", where | place | sent | changes)


def log(connection, la_code, rows, **changes):
    row = {
        "load_id": "1",
        "la_code": la_code,
        "return_name": "ssda903",
        "return_year": 2025,
        "period_end": "2025-03-31",
        "source_file": "episodes.csv",
        "status": "landed",
        "findings": [],
        "is_current": True,
        "loaded_at": datetime(2025, 6, 1, tzinfo=UTC),
    } | changes
    connection.execute(
        f"insert into vault.quality.load_log ({', '.join(row)}, table_rows)"
        f" values ({', '.join('?' * len(row))}, map {{'episodes': ?::bigint}})",
        [*row.values(), rows],
    )


def made_up_london(home):
    """Three authorities: one with failures of every rule, one with a few, one with none."""
    home.make()
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        episode(connection, BARNET, 1, RNE=INJECTION)
        episode(connection, BARNET, 2, DECOM="<b>soon</b>", CIN="")
        episode(connection, BARNET, 3, URN="@12")
        episode(connection, BARNET, 3, URN="XXXXXXX", source_row=4)
        episode(connection, BARNET, 5, DEC="02/05/2024")
        episode(connection, BARNET, 6)
        log(connection, BARNET, 6, findings=["A column called Notes is not known."])
        log(connection, BARNET, 0, source_file="old.csv", status="rejected", reason="No header.", is_current=False)
        episode(connection, BEXLEY, 7, CHILD="BEXLEY7", PLACE="-1")
        log(connection, BEXLEY, 1)
        episode(connection, BRENT, 8)
        log(connection, BRENT, 2)  # the log says one more than there is
        where = {"la_code": BARNET, "return_year": 2025, "period_end": "2025-03-31"}
        where |= {"source_file": "cin.xml", "source_line": 1, "source_row": 1}
        insert(connection, "cin__child_identifiers", where | {"LAchildID": "KID1", "GenderCurrent": "1", "Sex": "F"})


def episode_rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("data"))
    made_up_london(home)
    summary = run_checks(home, say=lambda text: None)
    return home, summary


def test_the_summary_counts_by_authority_and_rule(checked):
    _, summary = checked
    assert summary.failures_by_rule == {
        "code": 2,
        "conflict": 2,
        "duplicate": 2,
        "missing": 1,
        "out_of_years": 1,
        "pattern": 2,
    }
    assert summary.failures_by_authority == {BARNET: 9, BEXLEY: 1, BRENT: 0}
    assert summary.suites == 2
    assert summary.not_as_logged == ["raw.ssda903.episodes.2025"]
    assert json.loads(json.dumps(asdict(summary)))["failures"] == 10
    assert "10 values to mend, from 2 of 3 authorities" in summary.text()


def test_great_expectations_counts_what_is_stored(checked):
    home, summary = checked
    assert summary.suites_with_failures == 2
    assert summary.disagreements == []
    assert "raw.ssda903.episodes.2025" in (home.quality / "data_docs/index.html").read_text()


def test_data_docs_name_no_child_and_no_value_and_ask_nothing_of_the_network(checked):
    home, _ = checked
    pages = list((home.quality / "data_docs").rglob("*.html"))
    assert len(pages) == 5  # the index, and for two suites what is expected and what was found
    for page in pages:
        text = page.read_text()
        assert "default-src 'none'" in text
        for secret in ("KID", "BEXLEY7", INJECTION, "soon</b>", "@12", "episodes.csv"):
            assert secret not in text, page


def test_no_key_is_in_anything_that_is_written(checked):
    home, _ = checked
    keys = [home.key(name).encode() for name in ("vault", "warehouse", "pepper")]
    for path in home.root.rglob("*"):
        if path.is_file() and path.parent != home.keys:
            content = path.read_bytes()
            assert not any(key in content for key in keys), path


def test_a_fix_list_has_every_failure_with_its_place_and_the_value_that_was_sent(checked):
    home, _ = checked
    rows = episode_rows(home.quality / "barnet/fix_list.csv")
    assert len(rows) == 9
    assert list(rows[0]) == list(fix_lists.COLUMNS)
    by_field = {(row["child"], row["field"], row["rule"]): row for row in rows}
    assert by_field["KID2", "DECOM", "pattern"] == {
        "return": "ssda903",
        "year": "2025",
        "period end": "2025-03-31",
        "table": "episodes",
        "file": "episodes.csv",
        "line": "3",
        "child": "KID2",
        "field": "DECOM",
        "value": "<b>soon</b>",
        "rule": "pattern",
        "what was expected": "a date as DD/MM/YYYY",
    }
    assert by_field["KID2", "CIN", "missing"]["value"] == ""
    assert by_field["KID5", "REC", "conflict"]["value"] == ""


def test_text_that_a_spreadsheet_would_run_is_quoted(checked):
    home, _ = checked
    values = {
        row["value"] for name in ("barnet", "bexley") for row in episode_rows(home.quality / name / "fix_list.csv")
    }
    assert {"'" + INJECTION, "'@12", "'-1"} <= values


def test_a_fix_list_holds_no_other_authoritys_children(checked):
    home, _ = checked
    for name in fix_lists.FILES:
        assert "BEXLEY7" not in (home.quality / "barnet" / name).read_text()
        assert "KID" not in (home.quality / "bexley" / name).read_text()


def test_the_page_escapes_what_was_sent_and_names_what_the_load_log_found(checked):
    home, _ = checked
    page = (home.quality / "barnet/fix_list.html").read_text()
    assert "<b>soon" not in page
    assert "&lt;b&gt;soon&lt;/b&gt;" in page
    assert INJECTION in page
    assert "A column called Notes is not known." in page
    assert "No header." in page
    assert "src=" not in page and "http:" not in page and "https:" not in page


def test_an_authority_with_nothing_to_fix_is_told_so(checked):
    home, _ = checked
    assert "Nothing to fix" in (home.quality / "brent/fix_list.html").read_text()
    assert episode_rows(home.quality / "brent/fix_list.csv") == []


def test_fix_lists_are_for_their_owner_alone(checked):
    home, _ = checked
    assert stat.S_IMODE((home.quality / "barnet").stat().st_mode) == 0o700
    for name in fix_lists.FILES:
        assert stat.S_IMODE((home.quality / "barnet" / name).stat().st_mode) == 0o600


def test_a_long_list_is_cut_short_on_the_page_and_whole_in_the_file(tmp_path, monkeypatch):
    home = Home(tmp_path)
    home.make()
    monkeypatch.setattr(fix_lists, "ROWS_ON_PAGE", 5)
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        connection.execute(
            """
            insert into vault.quality.field_failures
                (la_code, return_name, return_year, period_end, table_name, column_name, source_row, child_id, value,
                rule, expected)
            select ?, 'cin', 2025, date '2025-03-31', 'cin_details', 'ReferralSource', i, 'C' || i, 'Z', 'code',
                'a code'
            from range(1234) as numbers (i)
            """,
            [BARNET],
        )
        assert fix_lists.write(connection, home) == {BARNET: 1234}
    page = (home.quality / "barnet/fix_list.html").read_text()
    assert "shows the first 5 of 1,234" in page
    assert page.count("<code>Z</code>") == 5
    assert len(episode_rows(home.quality / "barnet/fix_list.csv")) == 1234


def test_the_fix_list_of_an_authority_that_has_left_goes_too(tmp_path):
    home = Home(tmp_path)
    home.make()
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        log(connection, BARNET, 1)
        fix_lists.write(connection, home)
        assert (home.quality / "barnet").exists()
        (home.quality / "data_docs").mkdir()
        connection.execute("delete from vault.quality.load_log")
        assert fix_lists.write(connection, home) == {}
        assert not (home.quality / "barnet").exists()
        assert (home.quality / "data_docs").exists()


def test_an_empty_vault_has_nothing_to_check(tmp_path):
    home = Home(tmp_path)
    home.make()
    summary = run_checks(home, say=lambda text: None)
    assert (summary.failures, summary.suites, summary.disagreements) == (0, 0, [])
    assert (home.quality / "data_docs/index.html").exists()


def test_rows_that_the_load_log_has_and_raw_has_not_are_noticed(tmp_path):
    home = Home(tmp_path)
    home.make()
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        log(connection, BARNET, 3)
    summary = run_checks(home, say=lambda text: None)
    assert summary.not_as_logged == ["raw.ssda903.episodes.2025"]
    assert "load it again" in summary.text()


def test_another_process_can_open_the_vault_at_once_afterwards(checked):
    home, _ = checked
    program = (
        "from loaders import vault; from loaders.home import Home\n"
        "with vault.connect(Home.default(), vault=True) as c: c.execute('create table vault.main.probe (i integer)')"
    )
    environment = os.environ | {"LIIA_DATA_DIR": str(home.root), "PYTHONPATH": str(spec.PROJECT)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


def test_every_rule_has_a_name_on_the_page():
    assert set(fix_lists.RULES) == set(get_args(Rule))
    assert set(fix_lists.COLUMNS.values()) <= set(vault.FIELD_FAILURES)
    assert all(source.meta.title for source in spec.returns().values())
