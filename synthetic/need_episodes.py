"""Referrals and the episodes of need they open, in the published numbers, with their days.

Four kinds: `nfa` (closed at once), `not_in_need` (assessed and closed within the year), `waiting` (open on 31 March,
then assessed and closed as not in need: counted in that stock, and never as an end) and `in_need`.
"""

from pathlib import Path

import numpy as np
import polars as pl
import yaml

from loaders import spec
from synthetic import draw
from synthetic.need_days import (
    first_day,
    last_day,
    mostly_on_weekdays,
    return_year,
    working_days_after,
    working_days_before,
)
from synthetic.need_lots import closing_day, deal, families, long, repeated, shared, stock_and_flow, with_dates
from synthetic.need_protection import stock_bands

WEIGHTS = yaml.safe_load(Path(__file__).with_name("weights_need.yml").read_text(encoding="utf-8"))
ASSESSMENT_DAYS = [(0, 0), (1, 10), (11, 20), (21, 30), (31, 40), (41, 45), (46, 50), (51, 60), (61, 85)]
SHORT = {1: 1.8, 2: 1.0, 3: 0.3}  # bands of what ends in its first year: how much oftener than among all ends
MOST_WAITING = 0.4  # of those in need, at most so many can turn out not to be


def waiting(wanted: pl.DataFrame) -> pl.Expr:
    """How many in need on 31 March are closed as not in need the next year: what stock, starts and ends leave over."""
    later = [pl.col(name).shift(-1).over("la_code") for name in ("n_started", "n_ended", "n_stock")]
    left = (pl.col("n_stock") + later[0] - later[1] - later[2]).fill_null(0)
    most = MOST_WAITING * pl.min_horizontal("n_stock", "n_started")
    return pl.min_horizontal(left.clip(0), most.cast(pl.Int64))


def make(
    care: pl.DataFrame, plans: pl.DataFrame, wanted: pl.DataFrame, years: range, rng: np.random.Generator
) -> pl.DataFrame:
    """All referrals of the years, and what was open before them.

    Columns: episode_id, la_code, kind, start_year, end_year, opened, closed, family, care_key, plan_id, is_transfer,
    closure_reason (where care settles it), assessed_from and assessed_on (where the kind settles them), source.
    """
    wanted = wanted.sort("la_code", "return_year").with_columns(waiting=waiting(wanted))
    asked = wanted.filter(pl.col("return_year").is_in(list(years)))
    parts = [
        _in_need(care, plans, wanted.filter(pl.col("return_year") < years[-1] + 1), years, rng),
        _not_in_need(asked, rng),
        _waiting(asked, wanted, rng),
        _nfa(asked, rng),
    ]
    offset, numbered = 0, []
    for part in parts:
        numbered.append(part.with_columns(pl.col("family") + offset))
        offset += (part["family"].max() or 0) + 1
    rows = pl.concat(numbered, how="diagonal").sort("la_code", "opened", "kind", "family", maintain_order=True)
    rows = rows.with_row_index("episode_id").with_columns(pl.col("episode_id").cast(pl.Int64) + 1)
    return rows.with_columns(source=_sources(rows, wanted, years, rng))


def _in_need(care, plans, wanted, years: range, rng) -> pl.DataFrame:
    flows = wanted.select(
        "la_code",
        "return_year",
        **stock_bands(wanted, "n_stock", "p_open_"),
        starts=pl.col("n_started") - pl.col("waiting"),
        waiting="waiting",
    ).with_columns(open_1=(pl.col("open_1") - pl.col("waiting")).clip(0))
    anchors = _anchors(care, plans, years, rng)
    spells = stock_and_flow(flows, anchors, years, rng)
    held = spells.filter(pl.col("key").is_not_null()).drop("start_year", "la_code")
    held = held.join(anchors, on="key", maintain_order="left")
    shares = (
        _open_shares(wanted, held),
        long(
            wanted.with_columns(pl.col(f"p_ended_{band}") * SHORT[band] for band in SHORT),
            {f"p_ended_{band}": band for band in SHORT},
            "band",
        ),
    )
    free = with_dates(spells.filter(pl.col("key").is_null()), shares, years, 15, 2.0, rng)
    held = held.with_columns(closed=_closed(held, rng))
    free = free.with_columns(family=pl.col("family") + (held["family"].max() or 0) + 1)
    return pl.concat([held, free], how="diagonal").select(
        *("la_code", "start_year", "end_year", "opened", "closed", "family", "care_key", "plan_id", "is_transfer"),
        "closure_reason",
        kind=pl.lit("in_need"),
    )


def _open_shares(wanted: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """How many of those in need for under a year each band lacks beside the waiting and the held ones."""
    days = last_day(pl.col("start_year")) - pl.col("opened")
    stays = pl.col("end_year").is_null() | (pl.col("end_year") > pl.col("start_year"))
    have = (
        held.filter(stays)
        .group_by(
            "la_code",
            pl.col("start_year").alias("return_year"),
            1 + (days > 90).cast(pl.Int32) + (days > 181).cast(pl.Int32),
            maintain_order=True,
        )
        .len("have")
    )
    have = have.rename({have.columns[2]: "band"})
    shares = long(
        wanted.select(
            "la_code", "return_year", *(pl.col(f"p_open_{band}") / 100 * pl.col("n_stock") for band in SHORT)
        ),
        {f"p_open_{band}": band for band in SHORT},
        "band",
    )
    shares = shares.join(
        wanted.select("la_code", "return_year", "waiting"), on=["la_code", "return_year"], maintain_order="left"
    )
    shares = shares.join(have, on=["la_code", "return_year", "band"], how="left", maintain_order="left")
    waits = pl.when(pl.col("band") == 1).then("waiting").otherwise(0)
    return shares.with_columns(weight=(pl.col("weight") - waits - pl.col("have").fill_null(0)).clip(1e-6)).drop(
        "waiting", "have"
    )


def _anchors(care, plans, years: range, rng) -> pl.DataFrame:
    """Episodes that must be, for times in care and plans: from when, until when."""
    care = care.filter(pl.col("care_end").is_null() | (return_year(pl.col("care_end")) >= years[0]))
    in_care = care.select(
        "la_code",
        "closure_reason",
        "plan_id",
        "child_id",
        care_key="key",
        opened=pl.min_horizontal("opened", pl.col("clock") - 3),
        until="care_end",
        settled=pl.col("closure_reason").is_not_null() | ~pl.col("is_last"),
        family=pl.int_range(pl.len(), dtype=pl.Int64),
        is_transfer=pl.lit(False),
        soon=pl.col("closure_reason").is_not_null() | ~pl.col("is_last"),
    )
    alone = plans.filter(pl.col("care_key").is_null())
    lots = [shared(rng.random(alone.height), alone["family"]) for _ in range(2)]
    lag = pl.when(lots[0] < 0.6).then(lots[1] * 8).otherwise(8 + lots[1] ** 2 * 290).floor().cast(pl.Int32)
    on_plan = alone.select(
        "la_code",
        "plan_id",
        "is_transfer",
        opened=pl.col("clock") - pl.when("is_transfer").then(0).otherwise(lag),
        until="closed",
        settled=pl.lit(False),
        family=pl.col("family") + in_care.height,
        soon=pl.lit(False),
    )
    rows = pl.concat([in_care, on_plan], how="diagonal").with_columns(pl.col("opened").cast(pl.Int32))
    rows = rows.with_row_index("key").with_columns(pl.col("key").cast(pl.Int64))
    return rows.with_columns(
        start_year=return_year(pl.col("opened")),
        until_year=return_year(pl.col("until")),
        ends_then="settled",
    )


def _closed(held: pl.DataFrame, rng) -> pl.Series:
    """When episodes around care and plans close: soon after, or on some day of a later year."""
    quick = pl.Series(rng.random(held.height))
    size = pl.Series(rng.random(held.height))
    in_care = pl.col("care_key").is_not_null()
    lag = pl.when("soon").then(size * 10).when(in_care & (quick < 0.6)).then(size * 20).otherwise(20 + size * 170)
    soon = pl.min_horizontal(pl.col("until") + lag.floor().cast(pl.Int32), last_day(pl.col("end_year")))
    late = closing_day(held, pl.col("opened") + 10, 1.0, rng)
    day = pl.when(pl.col("end_year") == pl.col("until_year")).then(soon).otherwise(late)
    following = pl.col("opened").shift(-1).over("child_id", order_by="opened") - 1
    day = pl.when(pl.col("child_id").is_not_null() & (following < day)).then(following).otherwise(day)
    return held.select(day=pl.when(pl.col("end_year").is_not_null()).then(day))["day"]


def _not_in_need(wanted: pl.DataFrame, rng) -> pl.DataFrame:
    size = (pl.col("n_referrals") - pl.col("n_nfa") - pl.col("n_started")).clip(0)
    rows = repeated(wanted.select("la_code", "return_year", size=size), "size")
    rows = rows.with_columns(band=_bands(rows, wanted, rng))
    rows = _with_families(rows, rng)
    days = assessment_days(rows["band"].to_numpy(), rows["kin"].to_numpy())
    first, last = rows["first"].to_numpy(), rows["last"].to_numpy()
    latest = working_days_before(last, days) - 2
    opened = np.floor(first + shared(rng.random(rows.height), rows["family"]).to_numpy() * (latest - first + 0.99))
    return _assessed(rows, opened.astype(np.int64), days, "not_in_need", rng)


def _waiting(asked: pl.DataFrame, wanted: pl.DataFrame, rng) -> pl.DataFrame:
    rows = repeated(asked.select("la_code", "return_year", "waiting"), "waiting")
    shares = long(wanted, {f"p_days_{band}": band for band in range(1, 9)}, "band")
    longer = pl.col("band").replace_strict({band: sum(ASSESSMENT_DAYS[band]) for band in range(1, 9)})
    rows = rows.with_columns(band=_bands(rows, shares.with_columns(weight=pl.col("weight") * longer), rng))
    rows = _with_families(rows, rng)
    days = assessment_days(rows["band"].to_numpy(), rows["kin"].to_numpy())
    last = rows["last"].to_numpy()
    earliest = working_days_before(last, days - 1)
    opened = np.floor(earliest + shared(rng.random(rows.height), rows["family"]).to_numpy() * (last - earliest + 0.99))
    return _assessed(rows, np.maximum(opened.astype(np.int64), rows["first"].to_numpy()), days, "waiting", rng)


def _nfa(wanted: pl.DataFrame, rng) -> pl.DataFrame:
    rows = _with_families(repeated(wanted.select("la_code", "return_year", size="n_nfa"), "size"), rng)
    first, last = rows["first"].to_numpy(), rows["last"].to_numpy()
    opened = np.floor(first + rows["kin"].to_numpy() * (last - first + 0.99)).astype(np.int64)
    opened = mostly_on_weekdays(opened, first, shared(rng.random(rows.height), rows["family"]).to_numpy())
    return rows.select(
        "la_code",
        "family",
        start_year="return_year",
        opened=pl.Series(opened).cast(pl.Int32),
        kind=pl.lit("nfa"),
    )


def _with_families(rows: pl.DataFrame, rng) -> pl.DataFrame:
    by = [name for name in ("la_code", "return_year", "band") if name in rows.columns]
    rows = rows.with_columns(family=families(rows, by, rng))
    return rows.with_columns(
        kin=shared(rng.random(rows.height), rows["family"]),
        first=first_day(pl.col("return_year")),
        last=last_day(pl.col("return_year")),
    )


def _bands(rows: pl.DataFrame, wanted: pl.DataFrame, rng) -> pl.Series:
    """Bands of working days for the assessments of each authority and year, as published."""
    shares = wanted
    if "band" not in wanted.columns:
        shares = long(wanted, {f"p_days_{band}": band for band in range(9)}, "band")
    return draw.assign(rows, shares, ["la_code", "return_year"], "band", rng).fill_null(4)


def assessment_days(bands: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """Working days within each band."""
    low, high = (np.array([span[side] for span in ASSESSMENT_DAYS])[bands] for side in (0, 1))
    return low + np.floor(lots * (high - low + 1)).astype(np.int64)


def _assessed(rows: pl.DataFrame, opened: np.ndarray, days: np.ndarray, kind: str, rng) -> pl.DataFrame:
    """Referrals with the assessment that closes them: it starts within two days of the referral.

    Those of the year are closed within it; those that wait, in the next one.
    """
    opened = mostly_on_weekdays(
        opened, rows["first"].to_numpy(), shared(rng.random(rows.height), rows["family"]).to_numpy()
    )
    last = rows["last"].to_numpy()
    if kind == "waiting":  # however the referral moved, the assessment ends after the year
        began = np.maximum(opened, working_days_before(last, days - 1))
    else:
        began = opened + np.floor(shared(rng.random(rows.height), rows["family"]).to_numpy() * 3).astype(np.int64)
    done = working_days_after(began, days)
    closed = done + np.floor(rng.random(rows.height) ** 2 * 8).astype(np.int64)
    closed = closed if kind == "waiting" else np.minimum(closed, last)
    rows = rows.select(
        "la_code",
        "family",
        start_year="return_year",
        opened=pl.Series(opened).cast(pl.Int32),
        closed=pl.Series(closed).cast(pl.Int32),
        kind=pl.lit(kind),
        assessed_from=pl.Series(began).cast(pl.Int32),
        assessed_on=pl.Series(done).cast(pl.Int32),
    )
    return rows.with_columns(end_year=return_year(pl.col("closed")))


def _sources(rows: pl.DataFrame, wanted: pl.DataFrame, years: range, rng) -> pl.Series:
    """A source for each referral, by the published groups; families as far as possible by one."""
    groups = WEIGHTS["source_codes"]
    shares = long(wanted, {f"p_source_{group}": group for group in groups}, "group")
    keyed = rows.select("la_code", return_year=pl.col("start_year").clip(years[0], years[-1]))
    keyed = keyed.with_columns(
        group=deal(keyed, shares, ["la_code", "return_year"], "group", shared(rng.random(rows.height), rows["family"]))
    )
    codes = pl.DataFrame(
        [(group, code, float(weight)) for group, parts in groups.items() for code, weight in parts.items()],
        schema=["group", "code", "weight"],
        orient="row",
    )
    counts = pl.DataFrame(
        [(code.code, *code.years) for code in spec.code_list("cin", "referral_source")],
        schema={"code": pl.String, "from": pl.Int32, "to": pl.Int32},
        orient="row",
    )
    every = pl.DataFrame({"return_year": pl.Series(range(years[0], years[-1] + 1), dtype=pl.Int32)})
    shares = every.join(codes.join(counts, on="code", maintain_order="left"), how="cross").filter(
        pl.col("return_year").clip(2018) >= pl.col("from"), (pl.col("return_year") <= pl.col("to")).fill_null(True)
    )
    keyed = keyed.with_columns(pl.col("group").fill_null("unknown"))
    return deal(
        keyed,
        shares.drop("from", "to"),
        ["return_year", "group"],
        "code",
        shared(rng.random(rows.height), rows["family"]),
    )
