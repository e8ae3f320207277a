"""Shares within groups that agree with totals across the groups, by iterative proportional fitting."""

from collections.abc import Sequence

import numpy as np
import polars as pl

ROUNDS = 40
LEAST = 1e-9  # so that a group whose usual parts are all 0 in total still divides


def raked(rows: pl.DataFrame, totals: pl.DataFrame, likely: pl.DataFrame, by: Sequence[str], part: str) -> pl.DataFrame:
    """How the rows of each group divide, so that the parts' totals over an area's groups are in proportion as wanted.

    `rows` has the columns `by` (the area) and `group`; `totals` the columns `by`, `part` and `weight`, how much of
    each part the area has; `likely` the columns `group`, `part` and `weight`, how usual a part is in a group: a pair
    without a row, or of weight 0, never comes. Gives `by`, `group`, `part` and `weight`, as `draw.assign` takes them.
    """
    by = list(by)
    sizes = rows.group_by(*by, "group", maintain_order=True).len("size")
    cells = (
        sizes.join(likely.filter(pl.col("weight") > 0), on="group", maintain_order="left")
        .join(totals.rename({"weight": "total"}), on=[*by, part], how="left", maintain_order="left")
        .with_columns(pl.col("total").fill_null(0.0) + LEAST)
    )
    group_of = cells.select(pl.struct(*by, "group").rank("dense") - 1).to_series().to_numpy()
    part_of = cells.select(pl.struct(*by, part).rank("dense") - 1).to_series().to_numpy()
    size, total = cells["size"].to_numpy().astype(float), cells["total"].to_numpy()
    weight = cells["weight"].to_numpy().astype(float)
    for _ in range(ROUNDS):
        weight = weight * total / np.bincount(part_of, weight)[part_of]
        weight = weight * size / np.bincount(group_of, weight)[group_of]
    return cells.select(*by, "group", part, weight=pl.Series(weight))


def long(wide: pl.DataFrame, prefix: str, by: Sequence[str], name: str) -> pl.DataFrame:
    """The columns that begin with a prefix, as rows: `by`, `name` (what follows the prefix) and `weight`."""
    columns = [column for column in wide.columns if column.startswith(prefix)]
    rows = wide.select(*by, *columns).unpivot(columns, index=list(by), variable_name=name, value_name="weight")
    return rows.with_columns(pl.col(name).str.strip_prefix(prefix), pl.col("weight").cast(pl.Float64))


def spread(frame: pl.DataFrame, size: str = "size") -> pl.DataFrame:
    """As many rows of each row as its `size` says, without that column."""
    return frame[np.repeat(np.arange(frame.height), frame[size].to_numpy())].drop(size)
