"""The commands: exit codes that mean the same everywhere, sentences for people, JSON for machines."""

import json

import pytest
from conftest import LA_CODE
from made_up import CHILD_ID, UPN, cin, header_csv

from loaders import spec, vault
from loaders.home import Home

OUTCOME = {
    "source_file", "status", "reason", "la_code", "la_name", "return_name", "return_year", "period_end",
    "submission_id",
    "sha256", "size_bytes", "encoding", "spec_version", "table_rows", "findings",
}  # fmt: skip


@pytest.fixture
def loaded(data):
    data.put("202/cin/2025/cin.xml", cin())
    data.load()
    with vault.connect(data.home, warehouse=True):
        pass
    return data


def test_init_makes_a_folder_once_and_never_a_second_key(data):
    keys = {file.name: file.read_text() for file in data.home.keys.iterdir()}
    code, out, _ = data.main("init")
    returns = spec.returns().values()
    told = f"0 new keys, {sum(len(source.tables) for source in returns)} raw tables of {len(returns)} returns"
    assert (code, told in out) == (0, True)
    assert {file.name: file.read_text() for file in data.home.keys.iterdir()} == keys
    assert set(keys) == {"vault.key", "warehouse.key", "pepper.key"}
    with vault.connect(data.home, vault=True) as connection:
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = 'cin__cin_details'"
        ).fetchall()
    assert ("return_year", "INTEGER") in columns
    assert ("ReferralSource", "VARCHAR") in columns


@pytest.mark.parametrize(
    "command", [["load"], ["status"], ["check"], ["sql", "select 1"], ["run"], ["dbt", "build"], ["publish"], ["env"]]
)
def test_a_folder_that_was_not_made_is_one_sentence_and_exit_2(tmp_path, data, command):
    data.home = Home(tmp_path / "nowhere")
    code, out, err = data.main(*command)
    assert (code, out) == (2, "")
    assert "run `liia init` first" in err
    assert len(err.splitlines()) == 1


def test_load_exits_0_where_all_landed(data):
    data.put("202/cin/2025/cin.xml", cin(reference_date="2025-03-30"))
    code, out, _ = data.main("load")
    assert code == 0
    assert "landed  202/cin/2025/cin.xml  Camden cin 2025, 5 rows" in out
    assert "finding  202/cin/2025/cin.xml: ReferenceDate is 2025-03-30, expected 2025-03-31." in out
    assert out.endswith("1 landed\n")
    assert data.main("load")[:2] == (0, "unchanged  202/cin/2025/cin.xml  Camden cin 2025\n1 unchanged\n")


def test_load_exits_1_where_some_were_refused(data):
    data.put("202/cin/2025/cin.xml", cin())
    data.put("202/ssda903/2025/header.csv", "what,is,this\n1,2,3\n")
    code, out, _ = data.main("load")
    assert code == 1
    assert "rejected  202/ssda903/2025/header.csv: its first line (3 values) names no column" in out
    assert out.endswith("1 landed, 1 rejected\n")


def test_load_of_an_empty_inbox_is_no_error(data):
    assert data.main("load") == (0, "No file found.\n", "")


def test_load_prints_json(data):
    data.put("202/cin/2025/cin.xml", cin())
    data.put("202/ssda903/2025/header.csv", "")
    code, out, err = data.main("load", "--json")
    refused, landed = json.loads(out)
    assert (code, err) == (1, "")
    assert set(landed) == set(refused) == OUTCOME
    assert (landed["la_code"], landed["return_name"], landed["return_year"]) == (LA_CODE, "cin", 2025)
    assert (refused["status"], refused["reason"]) == ("rejected", "the file is empty")


def test_status_says_what_landed_and_what_was_refused(loaded):
    loaded.put("203/ssda903/2025/header.csv", "")
    loaded.main("load")
    code, out, _ = loaded.main("status", "--json")
    said = json.loads(out)
    assert code == 0
    assert [(row["authority"], row["return"], row["year"], row["rows"]) for row in said["landed"]] == [
        ("Camden", "cin", 2025, 5)
    ]
    assert [(row["source_file"], row["reason"]) for row in said["refused"]] == [
        ("203/ssda903/2025/header.csv", "the file is empty")
    ]
    code, out, _ = loaded.main("status")
    assert (code, out.splitlines()[-1]) == (0, "1 submissions landed, 1 files refused.")
    loaded.put("203/ssda903/2025/header.csv", header_csv())
    loaded.main("load")
    assert json.loads(loaded.main("status", "--json")[1])["refused"] == []


def test_show_says_everything_known_of_a_field(data):
    code, out, _ = data.main("show", "UPN")
    assert code == 0
    for line in (
        "cin.child_identifiers.UPN",
        "ssda903.header.UPN",
        "/Message/Children/Child/ChildIdentifiers/UPN",
        "direct identifier",
        'raw.cin__child_identifiers."UPN" (vault)',
        "stg_cin__child_identifiers.upn",
    ):
        assert line in out


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("decom", ["ssda903.episodes.DECOM"]),
        ("uasc.gender", ["ssda903.uasc.SEX"]),
        ("section_47.DateOfInitialCPC", ["cin.section_47.DateOfInitialCPC"]),
        ("child id", ["ssda903.header.CHILD"]),
    ],
)
def test_show_takes_any_spelling_and_a_table(data, field, found):
    code, out, _ = data.main("show", field)
    heads = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert code == 0
    assert set(found) <= set(heads)
    assert len(heads) == len(found) or field == "child id"


def test_show_lists_the_codes_with_their_years(data):
    out = data.main("show", "cin_details.ReasonForClosure")[1]
    assert "code_cin__reason_for_closure.csv" in out
    assert "    RC1 " in out


def test_show_of_no_field_is_a_sentence_and_exit_1(data):
    code, out, err = data.main("show", "nosuch")
    assert (code, out) == (1, "")
    assert err == "No return has a field called nosuch. Names are DfE's, as in UPN, DECOM or CINreferralDate.\n"


FORBIDDEN = [
    "select * from read_text('{root}/keys/vault.key')",
    "select * from read_csv('{root}/inbox/202/cin/2025/cin.xml')",
    "select * from '{root}/inbox/202/cin/2025/cin.xml'",
    "select * from glob('{root}/*')",
    "copy (select 1) to '{root}/out.csv'",
    "export database '{root}/out'",
    "attach '{root}/vault.duckdb' as vault",
    "attach '{root}/new.duckdb' as other",
    "create table warehouse.main.t as select 1",
    "create schema warehouse.mine",
    "select * from vault.raw.cin__child_identifiers",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "install json",
    "select",
]


@pytest.mark.parametrize("query", FORBIDDEN)
def test_sql_reads_no_file_writes_nothing_and_sees_no_vault(loaded, query):
    before = sorted(loaded.home.root.rglob("*"))
    code, out, err = loaded.main("sql", query.format(root=loaded.home.root))
    assert (code, out) == (2, "")
    assert err
    assert sorted(loaded.home.root.rglob("*")) == before


@pytest.mark.parametrize("query", ["", "  ", "/* nothing */"])
def test_sql_without_a_statement_is_a_sentence_and_exit_2(loaded, query):
    code, out, err = loaded.main("sql", query)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_sql_knows_no_pepper(loaded):
    out = loaded.main("sql", "--csv", "select getvariable('pepper'), getvariable('ipad'), getvariable('opad')")[1]
    assert out.splitlines()[1] == ",,"


def test_sql_prints_a_table_or_csv(loaded):
    assert loaded.main("sql", "select 1 as one, 'a,b' as two") == (0, " one  two \n 1    a,b \n", "")
    assert loaded.main("sql", "--csv", "select 1 as one, 'a,b' as two") == (0, 'one,two\n1,"a,b"\n', "")


@pytest.mark.parametrize("name", ["vault", "warehouse"])
def test_a_wrong_key_is_a_plain_sentence(loaded, name):
    key = loaded.home.keys / f"{name}.key"
    key.write_text("0" * 64)
    code, out, err = loaded.main(*(["status"] if name == "vault" else ["sql", "select 1"]))
    assert (code, out) == (2, "")
    assert "does not open with the key in this data folder" in err
    assert "0" * 64 not in err


@pytest.mark.parametrize("length", [0, 10, 100_000])
def test_a_damaged_vault_is_a_plain_sentence(loaded, length):
    content = loaded.home.vault.read_bytes()
    loaded.home.vault.write_bytes(content[:length] + b"x" * min(100, length))
    code, _, err = loaded.main("load")
    assert code == 2
    assert "cannot be opened: it is damaged" in err or "does not open with the key" in err


def test_a_vault_that_another_program_has_open_is_a_plain_sentence(loaded):
    with vault.connect(loaded.home, vault=True):
        run = loaded.liia("load")
    assert run.returncode == 2
    assert "another program has it open" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_what_is_printed_holds_no_key_and_nothing_of_a_child(loaded):
    loaded.put("202/ssda903/2025/header.csv", header_csv())
    secrets = [loaded.home.key(name) for name in ("vault", "warehouse", "pepper")] + [CHILD_ID, UPN]
    for command in (["init"], ["load"], ["load", "--json"], ["status"], ["status", "--json"], ["show", "UPN"]):
        _, out, err = loaded.main(*command)
        assert not [secret for secret in secrets if secret in out + err], command


def test_no_option_is_unknown_to_help(data):
    code, out, _ = data.main("--help")
    assert code == 0
    for command in ("init", "load", "check", "dbt", "sql", "publish", "run", "status", "show", "synthesise", "env"):
        assert f" {command} " in out
