"""The specification is read strictly: what is wrong with it is said with its place, before anything is loaded."""

import copy
import csv

import pytest
import yaml

from loaders import spec
from loaders.spec import PROJECT, SpecError, code_list, returns, within

META = {
    "type": "string",
    "years": [2018, None],
    "required": "always",
    "privacy": "operational",
}
SOURCES = {
    "version": 2,
    "sources": [
        {
            "name": "toy",
            "description": "A return made up for this test.",
            "database": "vault",
            "schema": "raw",
            "config": {
                "meta": {
                    "title": "Toy return",
                    "owner": "Nobody",
                    "legal_basis": "None",
                    "years": [2018, 2026],
                    "period_end": "03-31",
                    "formats": ["csv"],
                    "date_format": "%d/%m/%Y",
                    "patterns": {"date": "[0-9/]+"},
                }
            },
            "tables": [
                {
                    "name": "toys",
                    "identifier": "toy__toys",
                    "description": "One row a toy.",
                    "config": {"meta": {"grain": ["TOY"], "years": [2018, None]}},
                    "columns": [
                        {"name": "TOY", "description": "Its name.", "config": {"meta": META}},
                        {
                            "name": "COLOUR",
                            "description": "Its colour.",
                            "config": {"meta": META | {"type": "code", "code_list": "colour"}},
                        },
                    ],
                }
            ],
        }
    ],
}
SEED = "code,label,first_year,last_year,note\nR,Red,2018,,\nB,Blue,2018,2020,Withdrawn.\n"


@pytest.fixture
def project(tmp_path):
    """Writes a project of one return, changed by the test; gives its folder."""

    def write(change=lambda source: None, seed: str | None = SEED):
        document = copy.deepcopy(SOURCES)
        change(document["sources"][0])
        path = tmp_path / "models/staging/toy/_toy__sources.yml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(document))
        if seed is not None:
            lists = tmp_path / "seeds/code_lists/toy/code_toy__colour.csv"
            lists.parent.mkdir(parents=True)
            lists.write_text(seed)
        return tmp_path

    return write


def columns(source) -> list[dict]:
    return source["tables"][0]["columns"]


def test_a_sound_specification_is_read(project):
    toy = returns(project())["toy"]
    assert [column.name for column in toy.table("toys").columns] == ["TOY", "COLOUR"]
    assert toy.table("toys").column("TOY").meta.years == (2018, None)


def set_meta(key, value, column=0):
    return lambda source: columns(source)[column]["config"]["meta"].__setitem__(key, value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            set_meta("colour", "red"),
            ["sources > toy > tables > toys > columns > TOY > config > meta > colour", "Extra"],
        ),
        (set_meta("type", "poem"), ["columns > TOY > config > meta > type", "Input should be"]),
        (set_meta("required", "sometimes"), ["columns > TOY > config > meta > required"]),
        (set_meta("privacy", "secret"), ["columns > TOY > config > meta > privacy"]),
        (set_meta("years", ["first", None]), ["columns > TOY > config > meta > years"]),
        (set_meta("years", [2018]), ["columns > TOY > config > meta > years"]),
        (set_meta("note", "{{ var('x') }}"), ["columns > TOY > config > meta > note", "holds Jinja"]),
        (set_meta("pattern", "{% raw %}"), ["columns > TOY > config > meta > pattern", "holds Jinja"]),
        (set_meta("aliases", ["fine", "{# no #}"]), ["columns > TOY > config > meta > aliases", "holds Jinja"]),
        (lambda s: columns(s)[0].pop("description"), ["columns > TOY > description", "Field required"]),
        (lambda s: columns(s)[0]["config"]["meta"].pop("type"), ["columns > TOY > config > meta > type", "required"]),
        (lambda s: columns(s).append(copy.deepcopy(columns(s)[0])), ["tables > toys", "the same column twice"]),
        (lambda s: columns(s)[0].update(name="source_line"), ["tables > toys", "the loader's own names"]),
        (
            lambda s: s["tables"][0]["config"]["meta"].update(grain=["NAME"]),
            ["tables > toys", "grain names no column ['NAME']"],
        ),
        (lambda s: s["tables"][0].update(tests=[]), ["tables > toys > tests", "Extra"]),
        (lambda s: s.update(database="warehouse"), ["sources > toy > database", "'vault'"]),
        (lambda s: s["config"]["meta"].update(period_end="31 March"), ["toy > config > meta > period_end"]),
        (lambda s: s["config"]["meta"].update(formats=["pdf"]), ["toy > config > meta > formats"]),
        (lambda s: s["config"]["meta"].update(declares={"moon": "a.b"}), ["meta > declares > moon", "Extra"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(project, change, told):
    folder = project(change)
    with pytest.raises(SpecError) as raised:
        returns(folder)
    message = str(raised.value)
    assert message.startswith("_toy__sources.yml: ")
    for words in told:
        assert words in message


def test_a_code_list_without_a_seed_is_said(project):
    folder = project(seed=None)
    with pytest.raises(SpecError, match=r"expected seeds/code_lists/toy/code_toy__colour\.csv"):
        returns(folder)


@pytest.mark.parametrize(
    "seed", ["code,label\nR,Red\n", "code,label,first_year,last_year,note\nR,Red,once,,\n", SEED.replace("2018", "", 1)]
)
def test_a_seed_that_is_not_well_formed_is_said(project, seed):
    folder = project(seed=seed)
    with pytest.raises(SpecError, match=r"code_toy__colour\.csv: expected columns code, label, first_year"):
        returns(folder)


def test_a_code_knows_its_years(project):
    red, blue = code_list("toy", "colour", project())
    assert (red.years, blue.years, blue.note) == ((2018, None), (2018, 2020), "Withdrawn.")


@pytest.mark.parametrize(
    ("years", "year", "inside"),
    [
        ((2018, 2020), 2017, False),
        ((2018, 2020), 2018, True),
        ((2018, 2020), 2020, True),
        ((2018, 2020), 2021, False),
        ((2018, None), 2100, True),
    ],
)
def test_years_hold_both_ends(years, year, inside):
    assert within(years, year) is inside


def test_the_fingerprint_changes_with_the_specification(project, tmp_path_factory):
    before = returns(project())["toy"].fingerprint
    other = tmp_path_factory.mktemp("other")
    path = other / "models/staging/toy/_toy__sources.yml"
    path.parent.mkdir(parents=True)
    changed = copy.deepcopy(SOURCES)
    columns(changed["sources"][0])[0]["description"] = "What it is called."
    columns(changed["sources"][0]).pop()
    path.write_text(yaml.safe_dump(changed))
    assert returns(other)["toy"].fingerprint != before
    assert len(before) == 12


def test_a_pattern_is_the_columns_own_or_that_of_its_type(project):
    def change(source):
        columns(source)[0]["config"]["meta"].update(type="date")
        columns(source)[1]["config"]["meta"].update(pattern="[RB]")

    toy = returns(project(change))["toy"]
    assert [toy.pattern(column) for column in toy.table("toys").columns] == ["[0-9/]+", "[RB]"]


# The specification of this project.


def every_column():
    return [
        (source, table, column) for source in returns().values() for table in source.tables for column in table.columns
    ]


def test_the_two_returns_are_there():
    assert set(returns()) >= {"cin", "ssda903"}
    assert len(returns()["cin"].tables) == 12
    assert len(returns()["ssda903"].tables) == 12


def test_every_column_says_what_it_is():
    for source, table, column in every_column():
        where = source.name, table.name, column.name
        first, last = column.meta.years
        assert table.identifier == f"{source.name}__{table.name}"
        assert len(column.description) > 5, where
        assert last is None or first <= last, where
        assert column.meta.type != "code" or column.meta.code_list or column.meta.pattern, where


def test_every_child_reference_is_named_as_what_it_is():
    for source, table, column in every_column():
        if column.name in ("LAchildID", "CHILD", "UPN", "FormerUPN"):
            assert column.meta.privacy == "direct_identifier", (source.name, table.name, column.name)


def test_every_seed_of_codes_is_named_by_a_column_or_said_by_a_note():
    used = {(source.name, column.meta.code_list) for source, _, column in every_column()}
    for path in (PROJECT / "seeds/code_lists").glob("*/code_*.csv"):
        name = path.stem.removeprefix(f"code_{path.parent.name}__")
        notes = " ".join(c.meta.note or "" for s, _, c in every_column() if s.name == path.parent.name)
        assert (path.parent.name, name) in used or name in notes, path.name
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        keys = [(row["code"], row["first_year"]) for row in rows]
        assert len(set(keys)) == len(keys), path.name
        assert all(int(row["first_year"]) <= int(row["last_year"] or 9999) for row in rows), path.name


def test_no_two_columns_of_a_table_share_a_spelling():
    for source in returns().values():
        for table in source.tables:
            spellings = [name.lower() for column in table.columns for name in column.names]
            assert len(set(spellings)) == len(spellings), (source.name, table.name)


def test_declares_names_columns_that_exist():
    for source in returns().values():
        for _, where in source.meta.declares:
            if where:
                table, column = where.split(".")
                assert source.table(table).column(column)


def test_provenance_is_the_start_of_every_raw_table(data):
    data.main("init")
    for source in spec.returns().values():
        for table in source.tables:
            columns = [
                name
                for (name,) in data.ask(
                    "select column_name from duckdb_columns() where table_name = ? order by column_index",
                    table.identifier,
                )
            ]
            assert columns == [*spec.PROVENANCE, *(column.name for column in table.columns)]


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("03-31", 2025, "2025-03-31"),
        ("09-30", 2024, "2024-09-30"),
        # as the Department announced them; a 15th that is a Thursday is the third one
        ("third Thursday of 01", 2022, "2022-01-20"),
        ("third Thursday of 01", 2023, "2023-01-19"),
        ("third Thursday of 01", 2024, "2024-01-18"),
        ("third Thursday of 01", 2025, "2025-01-16"),
        ("third Thursday of 01", 2026, "2026-01-15"),
        ("third Thursday of 01", 2027, "2027-01-21"),
    ],
)
def test_a_period_ends_on_the_day_that_the_return_says(project, rule, year, day):
    toy = returns(project(lambda source: source["config"]["meta"].update(period_end=rule)))["toy"]
    assert toy.period_end(year) == day
