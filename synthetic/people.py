"""Who is who: one person in two authorities, a new identity after adoption, the references and pupil numbers of all.

Lives are made one authority at a time. Here some children of one authority turn out to be children whom another
knew before: they become one person, with the earlier record's date of birth, sex and ethnicity. Nobody tells the
authorities: each has a reference of its own and records disabilities as it sees them, and a pupil number is all that
the two records share, where both have it.
"""

import re

import numpy as np
import polars as pl

from loaders import spec
from synthetic import draw

MOVED = 0.06  # of the children in need who could have moved in from elsewhere in London
KNOWN_AFTER_MOVE = 0.8  # of their pupil numbers, the share that the new authority has on record
WITH_UPN = {"uasc": 0.6, "others": 0.96}
ADOPTED_SEEN_AGAIN = 0.5  # of the adopted, the share whose new identity is known to an authority later, if any fits
AWAY_AT_MOST = 700  # days between two authorities
SHARED = ["person_id", "child_id", "la_code", "birth_date", "last"]
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # of a pupil number's check letter: without I, O and S


def with_identities(lives: dict[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """The lives with people joined across authorities, and with `la_child_id` and `upn` filled in `children`."""
    children = _adopted_again(_moved(lives, seed), lives, seed)
    children = _with_upns(children, seed)
    return lives | {"children": _with_references(children, seed)}


def authorities() -> pl.DataFrame:
    """London's authorities of today: la_code, dfe_la_code, la_name."""
    every = pl.read_csv(spec.PROJECT / "seeds/reference/local_authorities.csv", infer_schema=False)
    london = every.filter(pl.col("region_name").is_in(["Inner London", "Outer London"]), pl.col("last_year").is_null())
    return london.select("la_code", "dfe_la_code", "la_name").sort("la_code")


def slug(name: str) -> str:
    """An authority's name as the name of a folder."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def check_letter(digits: pl.Expr) -> pl.Expr:
    """The first letter of a pupil number from its twelve digits: their sum with weights 2 to 13, modulo 23.

    Source: Department for Education, Unique pupil numbers guide.
    """
    total = sum(weight * digits.str.slice(place, 1).cast(pl.Int32) for place, weight in enumerate(range(2, 14)))
    return (total % len(LETTERS)).replace_strict(dict(enumerate(LETTERS)), return_dtype=pl.String)


def _activity(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """When a child of an authority was first and last in its records: child_id, first, last (null: still)."""
    need = lives["episodes"].select("child_id", first="referral_date", last="closure_date", moved_in="transfer_in_date")
    return need.group_by("child_id", maintain_order=True).agg(
        pl.col("first").min(),
        last=pl.when(pl.col("last").is_null().any()).then(None).otherwise(pl.col("last").max()),
        moved_in=pl.col("moved_in").is_not_null().any(),
    )


def _moved(lives: dict[str, pl.DataFrame], seed: int) -> pl.DataFrame:
    """The children, some of them joined to a record that another authority closed before they came."""
    children = lives["children"].sort("child_id")
    rng = draw.generator(seed, "people", "moves")
    seen = children.join(_activity(lives), on="child_id", maintain_order="left").filter(
        pl.col("death_date").is_null(), ~pl.col("is_uasc"), pl.col("first_baby_date").is_null()
    )
    in_care = pl.concat([lives["periods"]["child_id"], lives["leavers"]["child_id"]]).unique()
    born_before = pl.col("birth_date") < pl.col("first").dt.offset_by("-1y")
    joiners = seen.filter(born_before, ~pl.col("child_id").is_in(in_care.implode()))
    adopted = lives["adoptions"]["child_id"].unique()
    leavers = seen.filter(pl.col("last").is_not_null(), ~pl.col("child_id").is_in(adopted.implode()))
    if joiners["la_code"].n_unique() < 2:
        return children
    wanted = round(MOVED * joiners.height)
    pairs = _pairs(leavers, joiners, rng).filter(
        pl.col("la_code") != pl.col("la_code_then"),
        pl.col("first") >= pl.col("last_then").dt.offset_by("-30d"),
        pl.col("birth_date_then") < pl.col("first").dt.offset_by("-6mo"),
        (pl.col("birth_date") - pl.col("birth_date_then")).dt.total_days().abs() < 250,
    )
    pairs = pairs.filter(~pl.col("child_id_then").is_in(pairs["child_id"].implode()))  # one move a person
    lots = pairs.with_columns(lot=pl.Series(rng.random(pairs.height))).sort(~pl.col("moved_in"), "lot").head(wanted)
    return _as_one(children, lots)


def _pairs(leavers: pl.DataFrame, joiners: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Joiners beside the leaver of the same sex, ethnicity and half-year of birth who was last seen some time before.

    The time is by lot, up to two years. Nobody is there twice; the columns of the leaver end in `_then`.
    """
    half = pl.col("birth_date").dt.truncate("6mo").alias("half")
    delays = pl.Series(rng.integers(-20, AWAY_AT_MOST, leavers.height))
    then = leavers.select(
        *("sex", "ethnicity", half, draw.add_days("last", delays).alias("first")),
        *(pl.col(name).alias(f"{name}_then") for name in SHARED),
    )
    found = (
        joiners.with_columns(half)
        .sort("first", "child_id")
        .join_asof(
            then.sort("first", "child_id_then"),
            on="first",
            by=["sex", "ethnicity", "half"],
            strategy="backward",
            check_sortedness=False,
        )
    )
    return found.drop_nulls("child_id_then").unique("child_id_then", keep="first", maintain_order=True)


def _as_one(children: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The children, those of `pairs` being the person that the earlier record is about."""
    earlier = pairs.select(
        "child_id",
        person_then="person_id_then",
        born_then="birth_date_then",
    )
    joined = children.join(earlier, on="child_id", how="left", maintain_order="left")
    return joined.with_columns(
        person_id=pl.coalesce("person_then", "person_id"),
        birth_date=pl.coalesce("born_then", "birth_date"),
        is_moved=pl.col("person_then").is_not_null(),
    ).drop("person_then", "born_then")


def _adopted_again(children: pl.DataFrame, lives: dict[str, pl.DataFrame], seed: int) -> pl.DataFrame:
    """The children, some of them being an adopted child under the new name: one person, and no pupil number shared."""
    if "is_moved" not in children.columns:
        children = children.with_columns(is_moved=pl.lit(False))
    adopted = lives["adoptions"].filter(pl.col("adoption_date").is_not_null()).select("child_id", last="adoption_date")
    rng = draw.generator(seed, "people", "adopted")
    in_care = lives["periods"]["child_id"].unique()
    later = children.join(_activity(lives).drop("last"), on="child_id", maintain_order="left").filter(
        ~pl.col("is_moved"), pl.col("death_date").is_null(), ~pl.col("child_id").is_in(in_care.implode())
    )
    then = children.join(adopted, on="child_id", maintain_order="left")
    pairs = _pairs(then, later, rng).filter(
        pl.col("first") > pl.col("last_then"), pl.col("birth_date_then") < pl.col("first").dt.offset_by("-6mo")
    )
    pairs = pairs.filter(pl.Series(rng.random(pairs.height)) < ADOPTED_SEEN_AGAIN)
    again = pairs["child_id"]
    return _as_one(children.drop("is_moved"), pairs).with_columns(
        is_new_identity=pl.col("child_id").is_in(again.implode()),
        is_moved=children["is_moved"],
    )


def _with_upns(children: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`upn`: a person's pupil number of an imaginary school, valid and unique; null where the authority has none."""
    rng = draw.generator(seed, "people", "upns")
    first = children.with_columns(
        identity=pl.when("is_new_identity").then(-pl.col("child_id")).otherwise(pl.col("person_id"))
    )
    issued = first.unique("identity", keep="first", maintain_order=True).join(
        authorities().select("la_code", "dfe_la_code"), on="la_code", how="left", maintain_order="left"
    )
    issued = issued.with_columns(entry=(pl.col("birth_date").dt.year() + 5) % 100)
    serial = pl.col("identity").rank("ordinal").over("dfe_la_code", "entry").cast(pl.Int64) - 1
    digits = pl.concat_str(
        "dfe_la_code",
        (9000 + serial // 1000).cast(pl.String),
        pl.col("entry").cast(pl.String).str.zfill(2),
        (serial % 1000).cast(pl.String).str.zfill(3),
    )
    chance = pl.when("is_uasc").then(WITH_UPN["uasc"]).otherwise(WITH_UPN["others"])
    issued = issued.with_columns(digits=digits, has=pl.Series(rng.random(issued.height)) < chance)
    numbers = issued.filter("has").select("identity", new_upn=pl.concat_str(check_letter(pl.col("digits")), "digits"))
    known = ~pl.col("is_moved") | (pl.Series(rng.random(children.height)) < KNOWN_AFTER_MOVE)
    joined = first.join(numbers, on="identity", how="left", maintain_order="left")
    return joined.with_columns(upn=pl.when(known).then("new_upn")).drop("identity", "new_upn")


def _with_references(children: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`la_child_id`: the reference of the authority's own system, in that system's form, unique within it."""
    rng = draw.generator(seed, "people", "references")
    systems = (
        authorities()
        .with_row_index("place")
        .with_columns(
            prefix=pl.when(pl.col("place") % 4 == 1)
            .then(pl.col("la_name").str.slice(0, 3).str.to_uppercase())
            .otherwise(pl.lit("")),
            width=pl.when(pl.col("place") % 4 == 2).then(8).otherwise(6),  # a third kind fills up with zeros
            start=pl.when(pl.col("place") % 4 == 2).then(10_000).otherwise(200_000),
        )
    )
    lots = children.with_columns(lot=pl.Series(rng.random(children.height)))
    numbered = lots.with_columns(turn=pl.col("lot").rank("ordinal").over("la_code").cast(pl.Int64)).join(
        systems.select("la_code", "prefix", "width", "start"), on="la_code", how="left", maintain_order="left"
    )
    number = (pl.col("start") + pl.col("turn") * 3).cast(pl.String)
    reference = pl.concat_str("prefix", pl.when(pl.col("width") == 8).then(number.str.zfill(8)).otherwise(number))
    return numbered.with_columns(la_child_id=reference).drop("lot", "turn", "prefix", "width", "start")
