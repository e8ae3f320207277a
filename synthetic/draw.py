"""Chance with a seed and with quotas: how many of which, exactly; which of them, by lot."""

import zlib
from collections.abc import Sequence

import numpy as np
import polars as pl


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A stream of random numbers that depends on the seed and the names alone, so that no step disturbs another."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def share_out(sizes: pl.DataFrame, shares: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Divides whole numbers by weights, to whole numbers that add up (largest remainders first).

    `sizes` has the columns `by` and `size`; `shares` the columns `by`, what tells the parts apart, and `weight`.
    Gives `shares` with `size`, the part's whole number; a group whose weights are all 0 gets nothing.
    """
    exact = shares.join(sizes, on=list(by), maintain_order="left").with_columns(
        part=(pl.col("weight") / pl.col("weight").sum().over(by)).fill_nan(0.0) * pl.col("size")
    )
    # ten decimals: two parts that should tie must not differ by the order in which they were added
    floors = exact.with_columns(floor=pl.col("part").round(10).floor().cast(pl.Int64))
    left = pl.col("part").sum().over(by).round().cast(pl.Int64) - pl.col("floor").sum().over(by)
    turn = (pl.col("part") - pl.col("floor")).round(10).rank("ordinal", descending=True).over(by)
    return floors.with_columns(size=pl.col("floor") + (turn <= left).cast(pl.Int64)).drop("part", "floor")


def assign(
    rows: pl.DataFrame, shares: pl.DataFrame, by: Sequence[str], name: str, rng: np.random.Generator
) -> pl.Series:
    """A value for each row: by lot within each group of `by`, in numbers that follow the group's shares.

    `shares` has the columns `by`, `name` (the value) and `weight`. The numbers of each value are those of
    `share_out`, so that a group of 200 with weights 1 and 3 has 50 and 150 exactly. Null where a group has no share.
    """
    by = list(by)
    sizes = rows.group_by(by, maintain_order=True).len("size")
    parts = share_out(sizes, shares.filter(pl.col("weight") > 0), by).with_columns(
        end=pl.col("size").cum_sum().over(by)
    )
    spans = parts.filter(pl.col("size") > 0).select(*by, pl.col(name), turn=pl.col("end") - pl.col("size"))
    keyed = rows.select(by).with_row_index("row").with_columns(lot=pl.Series(rng.random(rows.height)))
    keyed = keyed.with_columns(turn=pl.col("lot").rank("ordinal").over(by).cast(pl.Int64) - 1)
    found = keyed.sort("turn", "row").join_asof(spans.sort("turn"), on="turn", by=by, check_sortedness=False)
    return found.sort("row")[name]


def choose(
    rows: pl.DataFrame,
    sizes: pl.DataFrame,
    by: Sequence[str],
    rng: np.random.Generator,
    weight: pl.Expr | None = None,
) -> pl.Series:
    """Which rows are drawn: true for `size` rows of each group of `by`, without replacement, else false.

    `sizes` has the columns `by` and `size`. A row of twice the `weight` is twice as likely to come first; a row
    of weight 0 comes last. A group with fewer rows than its size is drawn whole.
    """
    by = list(by)
    weight = pl.lit(1.0) if weight is None else weight
    lots = rows.with_columns(lot=pl.Series(rng.exponential(size=rows.height)) / weight)
    lots = lots.with_columns(turn=pl.col("lot").rank("ordinal").over(by))
    drawn = lots.join(sizes.select(*by, drawn_size="size"), on=by, how="left", maintain_order="left")
    return drawn.select((pl.col("turn") <= pl.col("drawn_size")).fill_null(False).alias("drawn"))["drawn"]


def add_days(dates: pl.Expr | str, days: pl.Expr | np.ndarray | pl.Series) -> pl.Expr:
    """Dates so many days later, as an expression."""
    dates = pl.col(dates) if isinstance(dates, str) else dates
    days = days if isinstance(days, pl.Expr) else pl.lit(pl.Series(days))
    return (dates.cast(pl.Int32) + days.cast(pl.Int32)).cast(pl.Date)
