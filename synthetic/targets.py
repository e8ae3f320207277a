"""Published figures that made-up London is made to resemble: `targets/<topic>.csv`.

A row is one authority and year. Columns named `n_…` are counts, `p_…` percentages, `x_…` other numbers (medians,
rates, full-time equivalents); `source` and `licence` say where the row's figures come from. A blank is a figure
that was not published or was suppressed.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).with_name("targets")
KEYS = ["la_code", "return_year"]


def published(topic: str) -> pl.DataFrame:
    """The figures of a topic as they were published: `la_code`, `return_year` and the topic's columns, as numbers."""
    text = pl.read_csv(FOLDER / f"{topic}.csv", infer_schema=False).drop("source", "licence")
    return text.select(
        "la_code",
        pl.col("return_year").cast(pl.Int32),
        *(pl.col(name).cast(pl.Float64) for name in text.columns if name not in KEYS),
    )


def wanted(topic: str, la_codes: Sequence[str], years: Sequence[int], scale: float = 1.0) -> pl.DataFrame:
    """What to make: a row for every authority and year, in that order, with no blanks.

    A year that is not published has the figures of the nearest one that is (of two, the later); a figure that no
    year has is London's, for its number of children. Counts are multiplied by `scale` and are whole numbers whose
    sum over the authorities is the rounded sum, so that a small London keeps London's proportions.
    """
    figures = published(topic)
    names = [name for name in figures.columns if name not in KEYS]
    grid = pl.DataFrame({"la_code": la_codes}).join(
        pl.DataFrame({"return_year": pl.Series(years, dtype=pl.Int32)}), how="cross"
    )
    children = published("population") if topic != "population" else None
    for name in names:
        known = figures.filter(pl.col(name).is_not_null()).select(*KEYS, name, at="return_year")
        if known["la_code"].n_unique():
            near = grid.sort("return_year").join_asof(
                known.sort("return_year"), on="return_year", by="la_code", strategy="nearest", check_sortedness=False
            )
            grid = grid.join(near.select(*KEYS, name), on=KEYS, maintain_order="left")
        if grid[name].null_count():
            grid = _from_london(grid, name, known, children)
        if name.startswith("n_"):
            grid = _scaled(grid, name, scale)
    return grid.sort(KEYS)


def _from_london(grid: pl.DataFrame, name: str, known: pl.DataFrame, children: pl.DataFrame | None) -> pl.DataFrame:
    """Fills what no year of an authority has: the mean of the others, for counts in proportion to children."""
    if children is None or not name.startswith("n_"):
        return grid.with_columns(pl.col(name).fill_null(known[name].mean() or 0.0))
    size = children.group_by("la_code").agg(children=pl.col("n_children").mean())
    others = known.join(size, on="la_code")
    rate = others[name].sum() / max(others["children"].sum(), 1.0)
    filled = grid.join(size, on="la_code", how="left", maintain_order="left")
    return filled.with_columns(pl.col(name).fill_null(pl.col("children") * rate)).drop("children")


def _scaled(grid: pl.DataFrame, name: str, scale: float) -> pl.DataFrame:
    """The counts of each year times `scale`, rounded so that they add up to the rounded total."""
    exact = grid.with_columns(part=pl.col(name) * scale)
    floors = exact.with_columns(floor=pl.col("part").round(10).floor())
    left = pl.col("part").sum().over("return_year").round() - pl.col("floor").sum().over("return_year")
    turn = (pl.col("part") - pl.col("floor")).round(10).rank("ordinal", descending=True).over("return_year")
    whole = floors.with_columns((pl.col("floor") + (turn <= left)).cast(pl.Int64).alias(name))
    return whole.drop("part", "floor")
