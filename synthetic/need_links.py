"""Which referrals are of one child: as many within twelve months of an earlier one as published, and some later."""

import numpy as np
import polars as pl

WITHIN = 364  # days that are surely within twelve months
BEYOND = 367  # days that surely are not
ROUNDS = 30
LATER = 0.2  # of other referrals, those of a child who was known more than a year before, as far as any fits
OPEN = 10**6  # a day beyond all


def earlier_referrals(
    episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng: np.random.Generator
) -> np.ndarray:
    """For each row the row of the same child's referral before it, or -1.

        `episodes` is sorted by authority and day; it has `may_follow` and `may_precede`, and `until`, the last day on
    def earlier_referrals(
        episodes: pl.DataFrame, wanted: pl.DataFrame, years: range, rng: np.random.Generator
    ) -> np.ndarray:
    """
    opened = episodes["opened"].to_numpy().astype(np.int64)
    closes = episodes.select(pl.when(kind="nfa").then("opened").otherwise("closed").fill_null(OPEN))
    closes = closes.to_series().to_numpy().astype(np.int64)
    la = episodes["la_code"].rank("dense").to_numpy().astype(np.int64) - 1
    until = episodes["until"].to_numpy()
    earlier = np.full(episodes.height, -1, dtype=np.int64)
    free = episodes["may_precede"].to_numpy() & (closes < OPEN)

    def link(later: np.ndarray, low: np.ndarray, nearest: int, furthest: int) -> None:
        """Gives each of `later` a free earlier referral closed from day `low` on, where lots find one that fits."""
        pool = np.flatnonzero(free)
        key = la[pool] * OPEN + closes[pool]
        pool = pool[np.argsort(key, kind="stable")]
        key = np.sort(key, kind="stable")
        begin = np.searchsorted(key, la[later] * OPEN + low, "left")
        end = np.searchsorted(key, la[later] * OPEN + opened[later] - 1, "right")
        some = end > begin
        later, begin, end = later[some], begin[some], end[some]
        found = pool[begin + np.floor(rng.random(later.size) * (end - begin)).astype(np.int64)]
        gap = opened[later] - opened[found]
        fits = (gap >= nearest) & (gap <= furthest) & (opened[later] <= until[found])
        later, found = later[fits], found[fits]
        found, first = np.unique(found, return_index=True)
        earlier[later[first]] = found
        free[found] = False

    keys = episodes.select("la_code", "start_year").with_row_index("row")
    keys = keys.join(
        wanted.select("la_code", start_year="return_year", size="n_re_referrals"),
        on=["la_code", "start_year"],
        how="left",
        maintain_order="left",
    )
    may_follow = episodes["may_follow"].to_numpy()
    for _ in range(ROUNDS):
        lots = keys.filter(pl.Series(may_follow)).with_columns(
            made=pl.Series(earlier[may_follow] >= 0), lot=pl.Series(rng.random(int(may_follow.sum())))
        )
        by = ["la_code", "start_year"]
        lots = lots.with_columns(missing=pl.col("size") - pl.col("made").sum().over(by)).filter(~pl.col("made"))
        lots = lots.filter(pl.col("lot").rank("ordinal").over(by) <= pl.col("missing"))
        if lots.is_empty():
            break
        rows = lots["row"].to_numpy().astype(np.int64)
        link(rows, opened[rows] - WITHIN, 1, WITHIN)
    rest = np.flatnonzero(may_follow & (earlier < 0))
    for _ in range(3):
        rest = rest[earlier[rest] < 0]
        rows = rest[rng.random(rest.size) < LATER]
        link(rows, np.zeros(rows.size, dtype=np.int64), BEYOND, OPEN)
    too_late = opened > until[first_referrals(earlier)]
    earlier[too_late] = -1
    return earlier


def first_referrals(earlier: np.ndarray) -> np.ndarray:
    """For each row the first row of its child."""
    root = np.where(earlier >= 0, earlier, np.arange(earlier.size))
    while True:
        further = np.where(earlier[root] >= 0, earlier[root], root)
        if np.array_equal(further, root):
            return root
        root = further
