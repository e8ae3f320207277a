"""No key and nothing of a child is left behind by dbt, even with --debug: not in target, logs, tables or output."""

import pytest
from conftest import Data
from made_up import CHILD_ID, CHILD_ROW, UPN, cin, cin_child, header_csv

from loaders.home import KEY_NAMES

MODELS = ["stg_cin__child_identifiers", "stg_ssda903__header", "stg_cin__disabilities", "year_cin__disabilities"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A data folder with two returns of a marked child, and what dbt made of them."""
    data = Data(tmp_path_factory.mktemp("secrets") / "data")
    data.put("202/cin/2025/cin.xml", cin(cin_child()))
    data.put("202/ssda903/2025/header.csv", header_csv(CHILD_ROW))
    data.load()
    data.said = data.liia("dbt", "--debug", "--log-level-file", "debug", "run", "-s", *MODELS)
    return data


@pytest.fixture(scope="module")
def secrets(built) -> list[str]:
    return [built.home.key(name) for name in KEY_NAMES]


def test_the_build_went_well(built):
    assert built.said.returncode == 0, built.said.stdout[-2_000:]
    assert (built.home.root / "target/manifest.json").exists()
    assert (built.home.root / "logs/dbt.log").exists()
    answer = built.liia("sql", "--csv", "select count(*) from single_year.year_cin__disabilities").stdout
    assert answer.splitlines()[1] == "1"


def test_what_dbt_prints_holds_no_secret(built, secrets):
    assert not [secret for secret in [*secrets, CHILD_ID, UPN] if secret in built.said.stdout + built.said.stderr]


def test_no_file_but_the_keys_holds_a_key(built, secrets):
    found = built.files_with(*secrets, *(bytes.fromhex(secret) for secret in secrets))
    assert {file.parent for file in found} == {built.home.keys}


def test_no_file_holds_anything_of_a_child(built):
    assert built.files_with(CHILD_ID, UPN) == []


def test_no_pseudonymous_table_holds_anything_of_a_child(built):
    tables = built.liia("sql", "--csv", "select schema_name || '.' || table_name from duckdb_tables()").stdout
    for name in tables.splitlines()[1:]:
        rows = built.liia("sql", "--csv", f"from {name}").stdout
        assert CHILD_ID not in rows
        assert UPN not in rows


def test_pseudonyms_need_the_pepper(built):
    """The same child has another key in another data folder."""
    key = built.liia("sql", "--csv", "select child_key from single_year.year_cin__disabilities").stdout.splitlines()[1]
    assert len(key) >= 32
    assert CHILD_ID not in key


def test_a_failing_model_shows_no_key(built, secrets):
    (built.home.keys / "warehouse.key").rename(built.home.keys / "right.key")
    (built.home.keys / "warehouse.key").write_text("f" * 64)
    run = built.liia("dbt", "--debug", "run", "-s", MODELS[-1])
    (built.home.keys / "right.key").rename(built.home.keys / "warehouse.key")
    assert run.returncode != 0
    assert not [secret for secret in [*secrets, "f" * 64] if secret in run.stdout + run.stderr]
    found = built.files_with("f" * 64, *secrets)
    assert {file.parent for file in found} == {built.home.keys}
