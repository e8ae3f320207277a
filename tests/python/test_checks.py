"""The checks find what they are there to find."""

import pytest

from checks import apart
from checks.lineage import _raw, given_away

SCHEMA = {"vault": {"raw": {"t": {"child": "varchar", "upn": "varchar", "dob": "date", "la_code": "varchar"}}}}
HELD = {"vault.raw.t": {"child": {"CHILD"}, "upn": {"UPN"}, "dob": {"DOB"}}}
HMAC = "sha256(getvariable('opad')::blob || unhex(sha256(getvariable('ipad')::blob || encode(child))))"


def _x(sql: str) -> set[str]:
    return given_away(sql, SCHEMA, HELD)["x"]


@pytest.mark.parametrize(
    ("column", "gives_away"),
    [
        ("child", {"CHILD"}),
        ("upper(trim(child))", {"CHILD"}),
        ("md5(child)", {"CHILD"}),
        ("sha256(encode(child))", {"CHILD"}),
        ("coalesce(la_code, upn)", {"UPN"}),
        ("case when la_code = 'a' then child else upn end", {"CHILD", "UPN"}),
        ("max(dob) over (partition by la_code)", {"DOB"}),
        ("date '2025-03-31' - dob", {"DOB"}),
        ("strftime(dob, '%m%d')", {"DOB"}),
        (f"left({HMAC}, 32)", set()),
        ("upn is not null", set()),
        ("case upn when 'UN1' then 1 end", set()),
        ("date_trunc('month', dob)", set()),
        ("year(date '2025-03-31') - year(dob)", set()),
        ("row_number() over (partition by child order by dob)", set()),
    ],
)
def test_what_a_column_gives_away(column, gives_away):
    assert _x(f"select {column} as x from vault.raw.t") == gives_away


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (select child as c from vault.raw.t), b as (select * from a) select c as x from b",
        "select la_code as x from vault.raw.t union all select child from vault.raw.t",
        "select (select max(child) from vault.raw.t) as x",
        "select l.x from vault.raw.t, lateral (select child as x) as l",
        "select x from (select unnest(list(child)) as x from vault.raw.t)",
    ],
)
def test_a_child_reference_is_followed_through_every_kind_of_select(sql):
    assert _x(sql) == {"CHILD"}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("annex_a__contacts", "birth_date"),
        ("cin__child_identifiers", "expectedpersonbirthdate"),
        ("ssda903__header", "mc_dob"),
        ("youth_justice__persons", "birth_date"),
    ],
)
def test_a_birth_date_is_followed_whatever_it_is_called(table, column):
    assert _raw()[f"vault.raw.{table}"][column]


def _node(path: str, **more) -> dict:
    name = path.rpartition("/")[2].partition(".")[0]
    kind = "seed" if path.startswith("seeds") else "model"
    return {"name": name, "original_file_path": path, "resource_type": kind, "depends_on": {"nodes": []}} | more


STAGED = _node("models/staging/cin/stg_cin__header.sql", group="cin")


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        (STAGED, None),
        (_node("models/single_year/cin/int_cin__children.sql", group="cin", depends_on={"nodes": ["staged"]}), None),
        (_node("seeds/code_lists/cin/code_cin__sex.csv"), None),
        (_node("models/longitudinal/journey_x.sql", depends_on={"nodes": ["staged"]}), None),
        (_node("models/staging/cin/stg_ssda903__x.sql", group="cin"), "its name begins with stg_cin__"),
        (_node("models/single_year/cin/year_cin__x.sql", group=None), "say +group: cin under single_year"),
        (_node("seeds/code_lists/cin/code_sex.csv"), "its name begins with code_cin__"),
        (_node("models/staging/cinema/stg_cinema__x.sql", group="cinema"), "no return is called so"),
        (
            _node("models/single_year/ssda903/year_ssda903__x.sql", group="ssda903", depends_on={"nodes": ["staged"]}),
            "reads stg_cin__header, of another return",
        ),
    ],
)
def test_one_return_stays_apart_from_another(monkeypatch, node, problem):
    monkeypatch.setattr(apart, "manifest", lambda: {"nodes": {"staged": STAGED, "node": node}})
    found, _ = apart.problems()
    assert [problem in one for one in found] == ([True] if problem else [])
