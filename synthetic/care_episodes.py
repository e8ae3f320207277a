"""From what was told of legal status and placement to episodes of care, as the return asks for them."""

import numpy as np
import polars as pl

from synthetic.care_lots import pick
from synthetic.care_plan import FAMILIES
from synthetic.care_rows import Story
from synthetic.care_weights import WEIGHTS

INSPECTED = "^([UAKHS]|R3|P2)"  # placement types with a URN
TEMPORARY_SHARE = 0.05  # of placements that last, with a stay elsewhere after which the child comes back
TEMPORARY_DAYS = {"T1": 30, "T2": 14, "T3": 18, "T4": 6, "T0": 20}
REASON_NEW = {  # by what changed: legal status, placement, carer
    (True, False, False): "L",
    (False, True, True): "P",
    (False, True, False): "T",
    (True, True, True): "B",
    (True, True, False): "U",
}


def periods(story: Story, las: list[str]) -> pl.DataFrame:
    """Periods of care, in the order of their ids."""
    needs = pl.Series(FAMILIES["need"][2])
    children = story.frame("children").select("child", "la")
    first = story.frame("legal").sort("period", "day").group_by("period", maintain_order=True).first()
    ends = story.frame("ends").rename({"end": "end_day", "reason": "reason_ceased"})
    told = story.frame("periods").join(children, on="child", how="left", maintain_order="left")
    told = told.join(ends, on="period", how="left", maintain_order="left")
    told = told.join(first.select("period", start_legal_status="legal"), on="period", how="left", maintain_order="left")
    return told.sort("period").select(
        period_id=pl.col("period").cast(pl.Int64),
        child_id=pl.col("child").cast(pl.Int64),
        la_code=pl.Series(las).gather(told.sort("period")["la"]),
        start_date=_date("start"),
        end_date=_date("end_day"),
        reason_ceased="reason_ceased",
        need=needs.gather(told.sort("period")["need"]),
        start_legal_status="start_legal_status",
        is_short_breaks=pl.lit(False),
    )


def _date(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int32).cast(pl.Date)


def episodes(
    story: Story, told: pl.DataFrame, people: pl.DataFrame, last_day: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Episodes of the periods `told`; each ends where the next one begins. Nothing is told after `last_day`.

    `people` has `child_id` and `is_uasc`: a child who came alone has no postcode of a home.
    """
    ends = told.select(period="period_id", end=pl.col("end_date").cast(pl.Int32).cast(pl.Int64))
    stays = _homes(_temporary(_stays(story, ends), last_day, rng), rng)
    legal = story.frame("legal").sort("period", "day").unique(["period", "day"], keep="last", maintain_order=True)
    legal = legal.filter(pl.col("legal").ne_missing(pl.col("legal").shift(1).over("period")))
    points = pl.concat([stays.select("period", "day"), legal.select("period", "day")]).unique().sort("period", "day")
    points = points.join(stays, on=["period", "day"], how="left", maintain_order="left")
    points = points.join(legal, on=["period", "day"], how="left", maintain_order="left")
    points = points.join(ends, on="period", how="left", maintain_order="left")
    points = points.filter(pl.col("end").is_null() | (pl.col("day") < pl.col("end")))
    first = pl.col("period").ne_missing(pl.col("period").shift(1))
    named = points.with_columns(
        first=first,
        new_legal=pl.col("legal").is_not_null(),
        new_stay=pl.col("place").is_not_null(),
        new_carer=pl.col("same").eq(False).fill_null(False),
    )
    held = ["legal", "place", "provider", "urn", "placement_postcode"]
    filled = named.with_columns(
        pl.col(held[0]).forward_fill().over("period"),
        *(
            pl.when(pl.col("new_stay")).then(pl.col(name).fill_null("")).forward_fill().over("period").alias(name)
            for name in held[1:]
        ),
    )
    reasons = pl.DataFrame(
        [(*what, code) for what, code in REASON_NEW.items()],
        schema=["new_legal", "new_stay", "new_carer", "changed"],
        orient="row",
    )
    filled = filled.join(reasons, on=["new_legal", "new_stay", "new_carer"], how="left", maintain_order="left")
    last = pl.col("period").ne_missing(pl.col("period").shift(-1))
    shaped = filled.with_columns(
        rne=pl.when("first").then(pl.lit("S")).otherwise("changed"),
        until=pl.when(last).then("end").otherwise(pl.col("day").shift(-1)),
        is_last=last,
        drawn=pl.Series(pick(WEIGHTS["reason_place_change"], filled.height, rng)),
    )
    temporary = pl.col("place").str.starts_with("T")
    changed = (
        pl.when(pl.col("is_last") | temporary | temporary.shift(-1))
        .then(None)
        .otherwise(pl.col("rne").shift(-1).replace_strict({"T": "PLACE", "U": "PLACE", "B": "CARPL"}, default=None))
    )
    moved = ~pl.col("is_last") & ~temporary & ~temporary.shift(-1) & (pl.col("rne").shift(-1) == "P")
    shaped = shaped.with_columns(reason_place_change=pl.when(moved).then("drawn").otherwise(changed))
    told = told.select("period_id", "child_id", "need", "reason_ceased")
    shaped = shaped.rename({"period": "period_id"}).join(told, on="period_id", how="left", maintain_order="left")
    homes = people.select("child_id", "is_uasc", home_postcode=_postcodes(people.height, rng))
    shaped = shaped.join(homes, on="child_id", how="left", maintain_order="left")
    return shaped.select(
        pl.col("period_id", "child_id").cast(pl.Int64),
        start_date=_date("day"),
        end_date=_date("until"),
        rne="rne",
        legal_status="legal",
        need="need",
        placement_type="place",
        provider=_blank("provider"),
        rec=pl.when(pl.col("until").is_null()).then(None).when("is_last").then("reason_ceased").otherwise(pl.lit("X1")),
        reason_place_change="reason_place_change",
        home_postcode=pl.when(~pl.col("is_uasc")).then("home_postcode"),
        placement_postcode=_blank("placement_postcode"),
        urn=_blank("urn"),
    )


def _blank(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name))


def _stays(story: Story, ends: pl.DataFrame) -> pl.DataFrame:
    """Stays in order, with the day on which the next one begins or care ends."""
    stays = story.frame("stays").sort("period", "day").unique(["period", "day"], keep="last", maintain_order=True)
    stays = stays.join(ends, on="period", how="left", maintain_order="left")
    return stays.with_columns(until=pl.col("day").shift(-1).over("period").fill_null(pl.col("end"))).drop("end")


def _temporary(stays: pl.DataFrame, last_day: int, rng: np.random.Generator) -> pl.DataFrame:
    """Adds some stays away, from which the child returns to where it was."""
    room = (stays["until"].fill_null(last_day + 20) - stays["day"]).to_numpy()
    settled = ~stays["place"].str.contains("^[TAR]").to_numpy() & (room > 80)
    chosen = settled & (rng.random(stays.height) < TEMPORARY_SHARE)
    kind = pick(WEIGHTS["temporary"], stays.height, rng)
    begins = 20 + np.floor(rng.random(stays.height) * np.clip(room - 75, 1, 600)).astype(int)
    lasts = 1 + np.floor(rng.random(stays.height) * np.array([TEMPORARY_DAYS[code] for code in kind])).astype(int)
    base = stays.with_columns(stay=pl.int_range(pl.len()), copied=pl.lit(False)).drop("until")
    numbered = base.with_columns(
        begins=pl.col("day") + pl.Series(begins), lasts=pl.Series(lasts), kind=pl.Series(kind, dtype=pl.String)
    )
    picked = numbered.filter(pl.Series(chosen))
    order = ["period", "day", "place", "provider", "same", "stay", "copied"]
    away = picked.select(
        "period", pl.col("begins").alias("day"), pl.col("kind").alias("place"), pl.lit("").alias("provider"),
        pl.lit(False).alias("same"), (-1 - pl.col("stay")).alias("stay"), pl.lit(False).alias("copied"),
    )  # fmt: skip
    home = picked.select(
        "period", (pl.col("begins") + pl.col("lasts")).alias("day"), "place", "provider",
        pl.lit(False).alias("same"), "stay", pl.lit(True).alias("copied"),
    )  # fmt: skip
    return pl.concat([base.select(order), away.select(order), home.select(order)]).sort("period", "day")


def _homes(stays: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Gives each stay the postcode and URN of its carer, the same as before or another one."""
    # a stay with the same carer is of the stay before it; one returned to is of the stay of that number
    carer = pl.when(pl.col("same") | pl.col("copied") | (pl.col("stay") < 0)).then(None).otherwise(pl.col("stay"))
    own = stays.filter(pl.col("stay") >= 0, ~pl.col("copied")).select("stay", "period", carer=carer)
    own = own.with_columns(pl.col("carer").forward_fill().over("period")).select("stay", "carer")
    named = stays.join(own, on="stay", how="left", maintain_order="left").with_columns(
        carer=pl.coalesce("carer", "stay")
    )
    carers = named.select("carer").unique().sort("carer")
    carers = carers.with_columns(
        placement_postcode=_postcodes(carers.height, rng),
        number=pl.Series(rng.integers(900000, 1000000, carers.height)),
    )
    named = named.join(carers, on="carer", how="left", maintain_order="left")
    adopters = pl.col("place").str.starts_with("A")
    return named.select(
        "period", "day", "place", "provider", "same",
        placement_postcode=pl.when(~adopters).then("placement_postcode"),
        urn=pl.when(pl.col("place").str.contains(INSPECTED)).then(pl.format("SC{}", "number")),
    )  # fmt: skip


def _postcodes(number: int, rng: np.random.Generator) -> pl.Series:
    """Postcodes in an area that does not exist."""
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    parts = [rng.integers(1, 100, number), rng.integers(1, 10, number), *(rng.choice(letters, number) for _ in "ab")]
    frame = pl.DataFrame({f"part_{i}": part for i, part in enumerate(parts)})
    return frame.select(text=pl.format("ZZ{} {}{}{}", *frame.columns))["text"]
