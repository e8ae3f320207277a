"""Quotas by lot for many authorities at once, on arrays: how many exactly, then who, the likelier the sooner."""

import numpy as np


def apportion(weights: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Whole numbers, a row an authority and a column a part, in proportion to the weights; rows add up to `totals`.

    What rounding takes from or gives to a part in one row is made good in the next ones, so that the columns add up
    too, and a small London keeps rare things. A row whose weights are all 0 is shared like the rows together.
    """
    weights = np.asarray(weights, dtype=float)
    common = weights.sum(axis=0) if weights.sum() > 0 else np.ones(weights.shape[1])
    carried, rows = np.zeros(weights.shape[1]), []
    for row, total in zip(weights, totals, strict=True):
        row = row if row.sum() > 0 else common
        exact = np.round(row / row.sum() * total, 9)
        wanted = np.where(exact > 0, exact + carried, 0.0)
        whole = np.maximum(np.floor(wanted + 1e-9), 0).astype(int)
        while (short := int(total) - whole.sum()) != 0:
            order = np.argsort(-np.sign(short) * (wanted - whole), kind="stable")
            order = order[(exact[order] > 0) if short > 0 else (whole[order] > 0)]
            whole[order[: abs(short)]] += np.sign(short)
        carried = np.clip(carried + exact - whole, -1.0, 1.0)
        rows.append(whole)
    return np.array(rows, dtype=int).reshape(weights.shape)


def draw(group: np.ndarray, sizes: np.ndarray, weight: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which rows are drawn: `sizes[g]` of those of group `g`, heavier rows sooner, rows of weight 0 never."""
    lots = rng.exponential(size=len(group))
    able = weight > 0
    keys = np.where(able, lots / np.where(able, weight, 1.0), np.inf)
    order = np.lexsort((keys, group))
    starts = np.searchsorted(group[order], np.arange(len(sizes)))
    rank = np.empty(len(group), dtype=int)
    rank[order] = np.arange(len(group)) - starts[group[order]]
    return able & (rank < np.asarray(sizes)[group])


def deal(
    group: np.ndarray, quotas: np.ndarray, weights: np.ndarray, rng: np.random.Generator, fallback: np.ndarray
) -> np.ndarray:
    """A part (column number) for each row: the parts are dealt in their order, each to as many rows as its quota.

    `quotas` has a row a group and a column a part, `weights` a row a row and a column a part: who is likely to get
    which part, 0 for never. Rows that no quota reaches get their `fallback`.
    """
    found = np.full(len(group), -1)
    for part in range(quotas.shape[1]):
        free = np.flatnonzero((found < 0) & (weights[:, part] > 0))
        chosen = draw(group[free], quotas[:, part], weights[free, part], rng)
        found[free[chosen]] = part
    return np.where(found < 0, fallback, found)


def pick(weights: dict[str, float], size: int, rng: np.random.Generator) -> np.ndarray:
    """So many codes, each by chance with these weights."""
    codes, shares = np.array(list(weights)), np.array(list(weights.values()), dtype=float)
    return codes[rng.choice(len(codes), size=size, p=shares / shares.sum())]


def counts(group: np.ndarray, size: int) -> np.ndarray:
    """How many rows each of the groups 0 to `size` - 1 has."""
    return np.bincount(group, minlength=size)[:size]
