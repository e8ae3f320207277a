"""The checks find what they are there to find."""

import pytest

from checks.lineage import given_away

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
