"""Who is who in made-up London: pupil numbers, references, moves between authorities, new identities."""

from datetime import date, timedelta

import polars as pl
import pytest

from synthetic import people

CAMDEN, SUTTON = "E09000007", "E09000029"


def children(*rows: dict) -> pl.DataFrame:
    usual = {
        "la_code": CAMDEN,
        "birth_date": date(2012, 2, 10),
        "death_date": None,
        "sex": "F",
        "ethnicity": "WBRI",
        "disabilities": [],
        "first_baby_date": None,
        "is_uasc": False,
        "household_id": 1,
    }
    schema = {"death_date": pl.Date, "first_baby_date": pl.Date, "disabilities": pl.List(pl.String)}
    filled = [usual | {"child_id": n, "person_id": n} | row for n, row in enumerate(rows)]
    return pl.DataFrame(filled, schema_overrides=schema)


def lives(rows: pl.DataFrame, referrals: list[tuple], adoptions: list[tuple] = ()) -> dict[str, pl.DataFrame]:
    dates = {"referral_date": pl.Date, "closure_date": pl.Date, "transfer_in_date": pl.Date}
    return {
        "children": rows,
        "episodes": pl.DataFrame(
            [(child, start, end, None) for child, start, end in referrals],
            schema={"child_id": pl.Int64} | dates,
            orient="row",
        ),
        "periods": pl.DataFrame({"child_id": [child for child, _ in adoptions]}, schema={"child_id": pl.Int64}),
        "leavers": pl.DataFrame(schema={"child_id": pl.Int64}),
        "adoptions": pl.DataFrame(
            list(adoptions), schema={"child_id": pl.Int64, "adoption_date": pl.Date}, orient="row"
        ),
    }


def test_check_letter():
    # weights 2 to 13 on 2 0 2 1 2 3 4 0 1 2 0 0 1 less the first, which is the letter's own place:
    # digits 202123401200 -> 2*2+0*3+2*4+1*5+2*6+3*7+4*8+0*9+1*10+2*11+0*12+0*13 = 4+8+5+12+21+32+10+22 = 114
    # 114 = 4*23 + 22 -> the 23rd letter: Z
    assert pl.select(people.check_letter(pl.lit("202123401200"))).item() == "Z"
    # all zeros -> 0 -> A
    assert pl.select(people.check_letter(pl.lit("000000000000"))).item() == "A"


@pytest.fixture
def many() -> dict[str, pl.DataFrame]:
    """Two hundred girls whom Camden knew in 2021, and two hundred whom Sutton knew in 2024, of about one age."""
    rows = [
        {"la_code": CAMDEN if n < 200 else SUTTON, "birth_date": date(2012, 1 + n % 6, 1 + n % 28)} for n in range(400)
    ]
    referrals = [
        (n, date(2021, 5, 1), date(2021, 9, 1) + timedelta(3 * n))
        if n < 200
        else (n, date(2022, 6, 1) + timedelta(3 * n - 600), None)
        for n in range(400)
    ]
    return lives(children(*rows), referrals)


def test_some_children_are_known_to_two_authorities(many):
    made = people.with_identities(many, seed=1)["children"]
    both = made.group_by("person_id").agg(pl.col("la_code").n_unique(), pl.col("birth_date").n_unique(), pl.len())
    twice = both.filter(pl.col("len") == 2)
    assert twice.height == 24  # 6% of the 400 who were referred to somebody
    assert (twice["la_code"] == 2).all()
    assert (twice["birth_date"] == 1).all()
    assert both["len"].max() == 2


def test_references_are_unique_within_an_authority_and_pupil_numbers_belong_to_one_person(many):
    made = people.with_identities(many, seed=1)["children"]
    assert made.select("la_code", "la_child_id").is_duplicated().sum() == 0
    numbers = made.drop_nulls("upn").group_by("upn").agg(pl.col("person_id").n_unique())
    assert (numbers["person_id"] == 1).all()
    assert made["upn"].str.contains(r"^[A-Z]\d{12}$").drop_nulls().all()
    right = made.drop_nulls("upn").select(
        people.check_letter(pl.col("upn").str.slice(1)) == pl.col("upn").str.slice(0, 1)
    )
    assert right.to_series().all()


def test_an_adopted_child_comes_back_with_nothing_that_tells(many):
    # all of Camden's girls were adopted in the year after 1 May 2021
    adopted = [(n, date(2021, 5, 1) + timedelta(2 * n)) for n in range(200)]
    referrals = many["episodes"].select("child_id", "referral_date", "closure_date").rows()
    made = people.with_identities(lives(many["children"], referrals, adopted), seed=1)["children"]
    again = made.filter("is_new_identity")
    assert 20 < again.height < 160  # half of those that fit
    before = made.filter(pl.col("la_code") == CAMDEN).select("person_id", upn_before="upn", id_before="la_child_id")
    pairs = again.join(before, on="person_id")
    assert pairs.height == again.height
    assert not pairs.select((pl.col("upn") == pl.col("upn_before")).any()).item()
    assert not pairs.select((pl.col("la_child_id") == pl.col("id_before")).any()).item()


def test_same_seed_same_people(many):
    one, two = (people.with_identities(many, seed=1)["children"] for _ in range(2))
    assert one.equals(two)
    assert not one.equals(people.with_identities(many, seed=2)["children"])
