"""What goes with time in care, period by period: reviews, social workers, adoption, an earlier permanence."""

import numpy as np
import polars as pl

from synthetic.care_lots import pick
from synthetic.care_weights import WEIGHTS

MOST_REVIEWS, MOST_WORKERS = 44, 24
LATE_REVIEWS = 0.06
WORKERS_SHARE = 1.25  # many came within the year, so that more of the others have three workers or more
CASELOAD = 11  # looked-after children of one worker
PERMANENCE_AGE = 3  # the least age at which care can start again after an earlier permanence


def numbers(frame: pl.DataFrame, name: str, blank: int = 0) -> np.ndarray:
    """A column of dates as days since 1970."""
    return frame[name].cast(pl.Int32).fill_null(blank).cast(pl.Int64).to_numpy()


def dates(days: np.ndarray) -> pl.Series:
    """Days since 1970 as dates."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def reviews(periods: pl.DataFrame, birth: np.ndarray, first_day: int, last_day: int, rng) -> pl.DataFrame:
    """Reviews: the first within 20 working days, the second within three months, then every six at the latest.

    Those before `first_day` and after `last_day` are left out, as no return has them.
    """
    number = periods.height
    gaps = np.concatenate(
        [
            rng.integers(14, 28, (number, 1)),
            rng.integers(70, 91, (number, 1)),
            rng.integers(140, 182, (number, MOST_REVIEWS - 2)),
        ],
        axis=1,
    )
    gaps = gaps + np.where(rng.random(gaps.shape) < LATE_REVIEWS, rng.integers(10, 60, gaps.shape), 0)
    days = numbers(periods, "start_date")[:, None] + np.cumsum(gaps, axis=1)
    end = np.minimum(numbers(periods, "end_date", last_day + 1), last_day + 1)
    row, column = np.nonzero((days >= first_day) & (days < end[:, None]))
    when = days[row, column]
    young = when < birth[row] + 4 * 365 + 1
    codes = np.where(young, "PN0", pick(WEIGHTS["review_participation"], len(row), rng))
    return pl.DataFrame(
        {"child_id": periods["child_id"].to_numpy()[row], "review_date": dates(when), "review_code": codes}
    ).sort("child_id", "review_date")


def social_workers(
    periods: pl.DataFrame, three_workers: np.ndarray, first_day: int, last_day: int, rng
) -> pl.DataFrame:
    """Who the child's social worker was when, one at a time while care lasts.

    `three_workers` is, for each period, the share of the authority's children with three workers or more in a year.
    """
    changes = np.linspace(0.05, 5, 200)  # a year, and how many children then have two or more
    share = 1 - np.exp(-changes) * (1 + changes)
    days = 365 / np.interp(np.clip(three_workers * WORKERS_SHARE, 0.02, 0.9), share, changes)
    number, start = periods.height, numbers(periods, "start_date")
    began = np.maximum(start, first_day - rng.integers(0, 400, number))
    gaps = np.maximum((rng.exponential(1, (number, MOST_WORKERS)) * days[:, None]).astype(int), 14)
    days = np.concatenate([began[:, None], began[:, None] + np.cumsum(gaps, axis=1)], axis=1)
    end = np.where(periods["end_date"].is_null(), last_day + 10_000, numbers(periods, "end_date"))
    shown = days[:, :-1] < np.minimum(end, last_day + 1)[:, None]
    row, column = np.nonzero(shown)
    until = np.minimum(days[row, column + 1], end[row])
    reason = pick(WEIGHTS["sw_reason"], len(row), rng)
    reason = np.where((column == 0) & (days[row, 0] == start[row]), "FCONTA", reason)
    teams = periods.with_row_index("row").select(
        "row", "la_code", size=(pl.len().over("la_code") / CASELOAD / 3).ceil().cast(pl.Int64)
    )
    team, size = teams["la_code"].rank("dense").to_numpy().astype(int), teams["size"].to_numpy()
    worker = (rng.random(len(row)) * np.maximum(size[row], 3)).astype(int)
    return pl.DataFrame(
        {
            "child_id": periods["child_id"].to_numpy()[row],
            "sw_id": pl.Series(100_000 + team[row] * 1000 + worker).cast(pl.String),
            "start_date": dates(days[row, column]),
            "end_date": dates(until),
            "reason": reason,
        }
    ).select(
        "child_id",
        ("SW" + pl.col("sw_id")).alias("sw_id"),
        "start_date",
        end_date=pl.when(pl.col("end_date") <= dates(np.array([last_day + 400]))[0]).then("end_date"),
        reason="reason",
    )


def adoption_decisions(episodes: pl.DataFrame, rng) -> pl.DataFrame:
    """The decision behind each placement order, and when it was reversed, if it was.

    A decision comes before the order and after care began; it is reversed when the order goes but the child stays.
    """
    orders = (
        episodes.with_columns(began=pl.col("start_date").min().over("period_id"))
        .with_columns(ordered=pl.col("legal_status") == "E1")
        .group_by("child_id", "period_id", maintain_order=True)
        .agg(
            pl.col("began").first(),
            order=pl.col("start_date").filter("ordered").min(),
            last=pl.col("start_date").filter("ordered").max(),
            gone=pl.col("start_date").filter(~pl.col("ordered")).max(),
        )
        .filter(pl.col("order").is_not_null())
    )
    order, began = numbers(orders, "order"), numbers(orders, "began")
    decided = np.maximum(order - rng.integers(10, 60, orders.height), np.minimum(began + 1, order))
    back = orders["gone"].fill_null(orders["began"]) > orders["last"]
    codes = pick(WEIGHTS["reversed"], orders.height, rng)
    return orders.select(
        "child_id",
        "period_id",
        date_placed=dates(decided),
        date_ceased=pl.when(back).then("gone"),
        reason_ceased=pl.when(back).then(pl.Series(codes)),
    ).unique("child_id", keep="last", maintain_order=True)


def adoptions(decisions: pl.DataFrame, episodes: pl.DataFrame, rng) -> pl.DataFrame:
    """The adopters of each adopted child: matched after the decision, before the child moved in."""
    adopted = episodes.filter(pl.col("rec").is_in(["E11", "E12"])).select(
        "period_id", adoption_date="end_date", kind="placement_type"
    )
    moved = (
        episodes.filter(pl.col("placement_type").str.starts_with("A"))
        .group_by("period_id")
        .agg(moved=pl.col("start_date").min())
    )
    rows = decisions.join(adopted, on="period_id", maintain_order="left").join(
        moved, on="period_id", how="left", maintain_order="left"
    )
    decided, moved_in = numbers(rows, "date_placed"), numbers(rows, "moved")
    match = np.maximum(moved_in - rng.integers(5, 40, rows.height), np.minimum(decided, moved_in))
    parts = np.array([text.split() for text in pick(WEIGHTS["adopters"], rows.height, rng).tolist()]).reshape(-1, 3)
    return rows.select(
        "child_id",
        date_int="date_placed",
        date_match=dates(match),
        foster_care=pl.when(pl.col("kind").is_in(["A3", "A5"])).then(pl.lit("1")).otherwise(pl.lit("0")),
        nb_adoptr=pl.Series(parts[:, 0]),
        sex_adoptr=pl.Series(parts[:, 1]),
        ls_adoptr=pl.Series(parts[:, 2]),
        adoption_date="adoption_date",
    )


def previous_permanence(periods: pl.DataFrame, birth: np.ndarray, authorities: pl.DataFrame, rng) -> pl.DataFrame:
    """Whether each child who started to be looked after had left care before for good; asked from April 2016 on."""
    start = numbers(periods, "start_date")
    code = pick(WEIGHTS["previous_permanence"], periods.height, rng)
    old = start > birth + PERMANENCE_AGE * 366
    code = np.where(old, code, "Z1")
    told = np.isin(code, ["P1", "P2", "P3"])
    when = np.maximum(start - rng.integers(200, 1200, periods.height), birth + 300)
    blur = rng.integers(0, 3, periods.height)
    rows = periods.select("child_id", "la_code", "start_date", prev_perm=pl.Series(code), day=dates(when))
    rows = rows.join(authorities, on="la_code", how="left", maintain_order="left").with_columns(
        told=pl.Series(told), blur=pl.Series(blur)
    )
    date_perm = (
        pl.when(pl.col("blur") == 0)
        .then(pl.col("day").dt.strftime("%d/%m/%Y"))
        .when(pl.col("blur") == 1)
        .then(pl.col("day").dt.strftime("zz/%m/%Y"))
        .otherwise(pl.col("day").dt.strftime("zz/zz/%Y"))
    )
    asked = rows.filter(pl.col("start_date") >= pl.date(2016, 4, 1)).sort("child_id", "start_date")
    return asked.unique("child_id", keep="first", maintain_order=True).select(
        "child_id",
        "prev_perm",
        la_perm=pl.when("told").then("dfe_la_code"),
        date_perm=pl.when("told").then(date_perm),
    )
