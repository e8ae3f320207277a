"""A return that nobody has heard of goes from file to staging, suites, fix list and docs with no line of Python.

The steps are those of CONTRIBUTING.md, "Add a return", in a copy of the project.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from loaders.spec import PROJECT

PARTS = [f"path:{folder}/holiday_clubs" for folder in ("models/staging", "models/single_year", "seeds/code_lists")]
FIX_LIST = {
    ("2024", "days", "meal", "P", "H or C (meal list of 2024)"),
    ("2025", "days", "meal", "C", "H or P (meal list of 2025)"),
    ("2025", "bookings", "birth_date", "31/02/2013", "a date as DD/MM/YYYY"),
    ("2025", "days", "day", "01/04/2025", "a day on or before 31 March of the year of the return"),
    ("2025", "days", "day", "02/08/2024", "one row for each club_id and booking_id and day in this file"),
}


class Copy:
    """A copy of the project, with a data folder of its own."""

    def __init__(self, root):
        self.project, self.data = root / "project", root / "data"
        left_out = shutil.ignore_patterns(
            ".*", "target", "logs", "build", "data", "demo", "dist", "__pycache__", "*.duckdb"
        )
        shutil.copytree(PROJECT, self.project, ignore=left_out)

    def run(self, *arguments: str) -> str:
        """Run a module of the copy as a person would; what it printed."""
        ran = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.project,
            env=os.environ
            | {
                "LIIA_DATA_DIR": str(self.data),
                "PYTHONPATH": str(self.project),
                "DBT_TARGET_PATH": str(self.data / "target"),
                "DBT_LOG_PATH": str(self.data / "logs"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def liia(self, *arguments: str) -> str:
        return self.run("loaders.cli", *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy, with the return added, loaded, built and checked."""
    copy = Copy(tmp_path_factory.mktemp("new"))
    example = copy.project / "examples/holiday_clubs"
    for folder in ("models", "seeds", "expectations"):
        shutil.copytree(example / folder, copy.project / folder, dirs_exist_ok=True)
    settings = copy.project / "dbt_project.yml"
    group = "      holiday_clubs: {+group: holiday_clubs}\n"
    text, times = re.subn(
        r"^      cin: \{\+group: cin\}\n", lambda found: found[0] + group, settings.read_text(), flags=re.M
    )
    assert times == 2
    settings.write_text(text)
    copy.run("checks", "spec")
    copy.liia("init")
    copy.liia("load", str(example / "inbox"))
    copy.liia("dbt", "--quiet", "build", "--select", *PARTS)
    copy.liia("check")
    return copy


def ask(copy, query: str) -> list[tuple]:
    return [tuple(row.values()) for row in csv.DictReader(copy.liia("sql", query, "--csv").splitlines())]


def test_it_is_apart_from_other_returns(copy):
    copy.run("checks", "apart")


def test_its_rows_reach_a_single_year_through_nested_keys(copy):
    rows = ask(
        copy,
        """
        select return_year, count(*), count(distinct booking_key), count(distinct child_key),
            sum(day_count), sum(hot_meal_day_count), sum(club_place_count)
        from single_year.year_holiday_clubs__bookings group by return_year order by return_year
        """,
    )
    # 2025: two days of A 1, one of A 2, one of B 1; two places of 20 and one of 30
    assert rows == [("2024", "2", "2", "2", "3", "1", "50"), ("2025", "3", "3", "3", "4", "2", "70")]


def test_the_fix_list_names_what_is_wrong_by_the_list_of_the_year(copy):
    (path,) = copy.data.glob("quality/*/fix_list.csv")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {
        tuple(row[name] for name in ("year", "table", "field", "value", "what was expected")) for row in rows
    } == FIX_LIST
    assert len(rows) == 6  # the day that is sent twice has two lines


def test_each_table_and_year_has_a_suite(copy):
    pages = " ".join(str(path) for path in (copy.data / "quality/data_docs").rglob("*.html"))
    for table in ("clubs", "bookings", "days"):
        for year in (2024, 2025):
            assert f"raw.holiday_clubs.{table}.{year}" in pages


def test_it_is_in_the_docs(copy):
    assert "What the child ate" in copy.liia("show", "meal")
    copy.liia("dbt", "--quiet", "docs", "generate", "--select", *PARTS)
    manifest = json.loads((copy.data / "target/manifest.json").read_text())
    field = manifest["sources"]["source.london_child_data.holiday_clubs.days"]["columns"]["meal"]
    assert field["description"] == "What the child ate."
    model = "model.london_child_data.year_holiday_clubs__bookings"
    assert manifest["nodes"][model]["group"] == "holiday_clubs"
    assert model in json.loads((copy.data / "target/catalog.json").read_text())["nodes"]
