"""A return that nobody has thought of, from a sample to staging and fix lists, by YAML, seeds and SQL alone."""

import csv
import os
import random
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta

import pytest
from made_up import cin, cin_child, table, workbook

from loaders import draft, samples
from loaders.files import Refusal
from loaders.spec import PROJECT

CARERS = ["Carer ID", "Full name", "Date of birth", "Sex", "Who is cared for", "Key worker", "Notes"]
ASSESSMENTS = ["Carer ID", "Assessment number", "Assessment date", "Level of impact"]
VISITS = ["Carer ID", "Assessment number", "Visit date", "Place", "Seen alone"]


def young_carers(seed: int = 1) -> dict[str, list[list[str]]]:
    """Three tables of made-up young carers, each row of one naming a row of the one before."""
    chance = random.Random(seed)
    tables = {"carers": [CARERS], "assessments": [ASSESSMENTS], "visits": [VISITS]}

    def day(first: date, number: int) -> str:
        return (first + timedelta(days=number)).strftime("%d/%m/%Y")

    for number in range(80):
        carer = f"YC{number:04}"
        cared_for = chance.choice(["a) Parent", "b) Sibling", "c) Other relative"])
        worker = chance.choice(["Ada Lovelace", "Alan Turing"])
        notes = chance.choice(["Sad today", "Talked about home"])
        birth = day(date(2010, 1, 1), number * 13)
        tables["carers"].append([carer, f"Child {number} Smith", birth, "MF"[number % 2], cared_for, worker, notes])
        for turn in range(1, 3):
            impact = chance.choice(["LOW", "MED", "HIGH"])
            tables["assessments"].append([carer, str(turn), day(date(2024, 4, 1), number + 90 * turn), impact])
            for visit in range(2):
                visited = day(date(2024, 5, 1), number + 90 * turn + visit)
                tables["visits"].append([carer, str(turn), visited, chance.choice("HSO"), "true"])
    return tables


def drafted(tmp_path, files: dict[str, str | bytes], name="young_carers", period=2025):
    """The texts that are drafted from sample files, by their names."""
    folder = tmp_path / "sample"
    folder.mkdir(exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    project = tmp_path / "project"
    project.mkdir(exist_ok=True)
    shutil.copy(PROJECT / "dbt_project.yml", project)
    return {path.name: path.read_text() for path in draft.write(name, samples.read([folder]), period, project)}


def column(values: list[str], header="Thing", people=True) -> str:
    """A CSV file of a person a row, and one thing about each."""
    return table(["Person ID", header], *([f"P{n}" if people else "P1", value] for n, value in enumerate(values)))


def codes(tmp_path, values: list[str], header="Thing", people=True) -> list[str]:
    """The codes that are drafted for a column, if any."""
    texts = drafted(tmp_path, {"rows.csv": column(values, header, people)})
    return [
        row["code"]
        for file, text in texts.items()
        if file.endswith(".csv")
        for row in csv.DictReader(text.splitlines())
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["H", "S"] * 30, ["H", "S"]),
        (["a) Yes", "b) No"] * 30, ["NO", "YES"]),
        (["N1 - Abuse or neglect", "N2 - Disability"] * 30, ["N1", "N2"]),
        (["q) 6: Police"] * 60, ["6"]),
        (["Female"] * 30 + ["Male"] * 30, ["FEMALE", "MALE"]),
        (["1", "2"] * 30, ["1", "2"]),
    ],
)
def test_a_value_that_many_people_share_is_a_code(tmp_path, values, expected):
    assert sorted(codes(tmp_path, values)) == expected


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ([f"V{n}" for n in range(60)], "Thing"),  # each of one person
        (["H"] * 9 + [""] * 60, "Thing"),  # of nine people
        (["H"] * 40 + [f"text {n}" for n in range(20)], "Thing"),  # two thirds only
        (["01/02/2012"] * 60, "Thing"),
        (["2012-02-01"] * 60, "Thing"),
        (["Ada Lovelace"] * 60, "Thing"),
        (["Lovelace, Ada"] * 60, "Thing"),
        (["123456"] * 60, "Thing"),
        (["Q907150043217"] * 60, "Thing"),
        (["N1 1AA"] * 60, "Thing"),
        (["ada@example.org"] * 60, "Thing"),
        (["was seen at home by her aunt"] * 60, "Thing"),
        (["Smith"] * 60, "Surname"),
        (["Smith"] * 60, "Allocated worker"),
        (["H"] * 60, "School ID"),
        (["sad"] * 60, "Notes"),
    ],
)
def test_what_may_tell_of_somebody_is_no_code(tmp_path, values, header):
    texts = drafted(tmp_path, {"rows.csv": column(values, header)})
    assert not any(file.endswith(".csv") for file in texts)
    assert not any(value in text for value in set(values) - {"", "H", "sad"} for text in texts.values())


def test_rows_of_one_person_do_not_make_a_code(tmp_path):
    assert codes(tmp_path, ["H"] * 60, people=False) == []


def test_a_sample_without_a_header_is_refused_and_not_quoted(tmp_path):
    with pytest.raises(Refusal, match="looks like somebody's data") as refused:
        drafted(tmp_path, {"rows.csv": "P1,01/02/2012,N1 1AA\nP2,01/02/2012,N1 1AA\n"})
    assert "N1 1AA" not in str(refused.value)


@pytest.mark.parametrize("name", ["Young Carers", "", "1st", "a__b", "cin;"])
def test_a_return_needs_a_plain_name(tmp_path, name):
    with pytest.raises(Refusal, match="is no name for a return"):
        drafted(tmp_path, {"rows.csv": column(["a"])}, name=name)


def test_keys_nest(tmp_path):
    texts = drafted(tmp_path, {f"{name}.csv": table(*rows) for name, rows in young_carers().items()})
    sources = texts["_young_carers__sources.yml"]
    assert re.findall(r"grain: .*|parent.*", sources) == [
        "grain: [carer_id, assessment_number]",
        "parent: carers",
        "parent_key: [carer_id]",
        "grain: [carer_id]",
        "grain: [carer_id, assessment_number, visit_date]",
        "parent: assessments",
        "parent_key: [carer_id, assessment_number]",
    ]


def test_whom_a_return_is_about_is_a_person_even_where_more_tables_name_something_else(tmp_path):
    panels = [["Panel ref", "Panel date"], *([f"P{n}", "01/05/2024"] for n in range(60))]
    cases = [["Panel ref", "Child ID"], *([f"P{n}", f"C{n}"] for n in range(60))]
    actions = [["Panel ref", "Action date"], *([f"P{n}", "01/06/2024"] for n in range(60))]
    texts = drafted(
        tmp_path, {"panels.csv": table(*panels), "cases.csv": table(*cases), "actions.csv": table(*actions)}
    )
    assert "person_id: child_id  # drafted: " in texts["_young_carers__sources.yml"]
    keyed = {name for name, text in texts.items() if "child_key(" in text}
    assert keyed == {"stg_young_carers__cases.sql"}


def test_nothing_of_a_child_is_in_a_draft_of_any_kind(tmp_path):
    rows = young_carers()
    book = workbook({name: [["A title"], *some] for name, some in rows.items()})
    children = [cin_child(f"SECRET{n}", f"A{n:012}") for n in range(30)]
    for number, files in enumerate(
        [{"c.csv": table(*rows["carers"])}, {"book.xlsx": book}, {"cin.xml": cin(*children)}]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        for text in drafted(folder, files, name="invented").values():
            for secret in (
                "YC0001",
                "Smith",
                "01/01/2010",
                "2010-01-01",
                "Lovelace",
                "Sad",
                "SECRET",
                "A0000",
                "2012-02-29",
            ):
                assert secret not in text


def test_an_xml_sample_gives_tables_for_what_stands_again(tmp_path):
    texts = drafted(tmp_path, {"cin.xml": cin(*(cin_child(f"C{n}") for n in range(30)))}, name="invented")
    sources = texts["_invented__sources.yml"]
    assert "xml_root: Message" in sources
    assert "xml_record: /Message/Children/Child" in sources
    assert "path: /Message/Header/CollectionDetails/Year" in sources
    assert "path: /Message/Children/Child/ChildIdentifiers/UPN" in sources


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A copy of the project with a drafted return that a person has finished; runs a command there."""
    root = tmp_path_factory.mktemp("new")
    project = root / "project"
    aside = shutil.ignore_patterns(".*", "data", "demo", "build", "target", "logs", "__pycache__", "samples")
    shutil.copytree(PROJECT, project, ignore=aside)
    folder = root / "sample"
    folder.mkdir()
    for name, rows in young_carers().items():
        (folder / f"{name}.csv").write_text(table(*rows))
    environment = os.environ | {
        "LIIA_DATA_DIR": str(root / "data"),
        "PYTHONPATH": str(project),
        "DBT_TARGET_PATH": str(root / "target"),
        "DBT_LOG_PATH": str(root / "logs"),
    }

    def run(*command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", *command], cwd=project, env=environment, capture_output=True, text=True, check=False
        )

    run.root, run.project = root, project
    run.new = run("loaders.cli", "new-return", "young_carers", "--from", str(folder), "--period", "2025")
    run.before = run("checks", "spec")
    files = [
        *(project / "models/staging/young_carers").glob("*"),
        *(project / "seeds/code_lists/young_carers").glob("*"),
    ]
    for file in files:
        file.write_text(re.sub(r"drafted: [^',]*", "What a person has written", file.read_text()))
    places = project / "seeds/code_lists/young_carers/code_young_carers__place.csv"
    places.write_text(places.read_text().replace("O,What a person has written,2025,,", "O,Elsewhere,2025,2025,"))
    run.after = run("checks", "spec")
    inbox = root / "data/inbox/camden/young_carers"
    for year in (2025, 2026):
        (inbox / str(year)).mkdir(parents=True)
        for name, rows in young_carers().items():
            if year == 2026 and name == "assessments":
                rows = rows[:-1]  # so that two visits name none
            (inbox / str(year) / f"{name}.csv").write_text(table(*rows))
    run("loaders.cli", "init")
    run.load = run("loaders.cli", "load")
    return run


def test_a_draft_says_what_is_left_to_decide_and_then_nothing(finished):
    assert finished.new.returncode == 0, finished.new.stderr
    assert finished.before.returncode == 1
    assert (
        "_young_carers__sources.yml, line 6: description: 'drafted: say in a sentence what it is"
        in finished.before.stdout
    )
    assert "code_young_carers__place.csv, line 2: H,drafted: say what it means" in finished.before.stdout
    assert finished.after.returncode == 0, finished.after.stdout


def test_the_check_finds_a_key_of_no_person_and_a_kind_of_period_that_nobody_has_said(finished):
    folder = finished.project / "models/staging/young_carers"
    edits = {
        folder / "stg_young_carers__visits.sql": ("child_key('carer_id')", "child_key('assessment_number')"),
        folder / "_young_carers__sources.yml": ("period_end: '03-31'", "period: snapshot"),
    }
    before = {file: file.read_text() for file in edits}
    for file, (finished_text, spoilt) in edits.items():
        assert finished_text in before[file]
        file.write_text(before[file].replace(finished_text, spoilt))
    found = finished("checks", "spec")
    for file, text in before.items():
        file.write_text(text)
    assert found.returncode == 1
    assert "stg_young_carers__visits.sql makes the key of a person of assessment_number: " in found.stdout
    assert "period_type.sql does not say whether young_carers is of a week, a quarter or a day" in found.stdout


def test_a_second_draft_of_that_name_is_refused(finished):
    again = finished("loaders.cli", "new-return", "young_carers", "--from", str(finished.root / "sample"))
    assert again.returncode == 2
    assert "there is a return called young_carers already" in again.stderr


def test_a_finished_return_lands(finished):
    assert finished.load.returncode == 0, finished.load.stdout + finished.load.stderr
    assert "6 landed" in finished.load.stdout


def test_a_finished_return_is_built_checked_and_its_faults_listed(finished):
    """The code O ends in 2025, and in 2026 two visits name an assessment that was not sent."""
    models = ["staging.young_carers", "code_lists.young_carers", "+quality"]
    built = finished("loaders.cli", "dbt", "--quiet", "build", "--select", *models)
    assert built.returncode == 0, built.stdout
    checked = finished("loaders.cli", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "differ" not in checked.stdout
    with (finished.root / "data/quality/camden/fix_list.csv").open(encoding="utf-8-sig") as file:
        found = [(row["year"], row["table"], row["field"], row["rule"]) for row in csv.DictReader(file)]
    sent = [row[3] for row in young_carers()["visits"]].count("O")
    assert found.count(("2026", "visits", "Place", "code")) == sent
    assert found.count(("2026", "visits", "assessment_number", "orphan")) == 2
    assert len(found) == sent + 2
    assert "young_carers.visits.2026" in (finished.root / "data/quality/data_docs/index.html").read_text()


def test_a_dataset_may_come_as_csv_or_as_a_workbook(finished):
    sources = finished.project / "models/staging/young_carers/_young_carers__sources.yml"
    text = sources.read_text().replace("formats: [csv]", "formats: [csv, workbook]")
    for name in young_carers():
        text = text.replace(f"identifier: young_carers__{name}\n", f"identifier: young_carers__{name}\n", 1)
        text = re.sub(rf"(- name: {name}\n(?:.*\n){{4}})", rf"\1            sheet: {name}\n", text, count=1)
    sources.write_text(text)
    folder = finished.root / "data/inbox/greenwich/young_carers/2025"
    folder.mkdir(parents=True)
    (folder / "all.xlsx").write_bytes(workbook(young_carers()))
    load = finished("loaders.cli", "load", str(folder))
    assert load.returncode == 0, load.stdout + load.stderr
    assert f"{sum(len(rows) - 1 for rows in young_carers().values())} rows" in load.stdout
