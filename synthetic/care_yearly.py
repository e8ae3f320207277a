"""What is counted year by year of those in care: incidents of going missing, and health at the end of a year."""

import numpy as np
import polars as pl

from synthetic import draw, targets
from synthetic.care_around import dates, numbers
from synthetic.care_lots import counts, pick
from synthetic.care_lots import draw as drawn
from synthetic.care_rows import age_at, day
from synthetic.care_weights import WEIGHTS

GAP = 2  # days from one incident's start to the next at least
OVER_YEAR_END = 0.004  # of children who go missing, those still missing on 31 March
HEALTH = {  # yes or no in the health return: column, numerator, denominator, ages from and to
    "health_assessment": ("n_health_assessment", "n_twelve_months", 0, 17),
    "immunisations": ("n_immunisations", "n_twelve_months", 0, 17),
    "teeth_check": ("n_teeth_check", "n_twelve_months", 0, 17),
    "health_check": ("n_development", "n_development_cohort", 0, 4),
    "convicted": ("n_convicted", "n_convicted_cohort", 10, 17),
    "substance_misuse": ("n_substance_misuse", "n_twelve_months", 0, 17),
}
SCORES = {"normal": (3, 14), "borderline": (14, 17), "concern": (17, 31)}


def in_care(lives: dict[str, pl.DataFrame], year: int) -> pl.DataFrame:
    """Children looked after in a year, one row each: their last stretch of care in it, as `first` and `last` day."""
    start, end = pl.date(year - 1, 4, 1), pl.date(year, 3, 31)
    periods = lives["periods"].filter(
        ~pl.col("is_short_breaks"),
        pl.col("start_date") <= end,
        pl.col("end_date").is_null() | (pl.col("end_date") >= start),
    )
    last = periods.sort("child_id", "start_date").unique("child_id", keep="last", maintain_order=True)
    last = last.join(
        lives["children"].select("child_id", "birth_date", "sex", "is_uasc"), on="child_id", maintain_order="left"
    )
    return last.with_columns(
        first=pl.max_horizontal("start_date", start),
        last=pl.min_horizontal(pl.col("end_date").fill_null(end), end),
        is_looked_after=pl.col("end_date").is_null() | (pl.col("end_date") > end),
        is_long=(pl.col("start_date") <= start) & (pl.col("end_date").is_null() | (pl.col("end_date") > end)),
    )


def missing(lives: dict[str, pl.DataFrame], las: list[str], years: list[int], seed: int, scale: float) -> pl.DataFrame:
    """Incidents of going missing (M) and of being away without authorisation (A), in numbers as published."""
    wanted = targets.wanted("looked_after_in_year", las, years, scale)
    told = set(
        targets.published("looked_after_in_year")
        .filter(pl.col("n_missing").is_not_null())
        .select("la_code", "return_year")
        .iter_rows()
    )
    found, again = [], pl.DataFrame(schema={"child_id": pl.Int64})
    for year in years:
        rng = draw.generator(seed, "care", "missing", year)
        children = in_care(lives, year)
        la = np.searchsorted(las, children["la_code"].to_numpy())
        own = wanted.filter(pl.col("return_year") == year)
        there = counts(la, len(las))
        published = np.array([(code, year) in told for code in las])
        # where the number was not published, the percentage was
        share = np.round(own["p_missing"].to_numpy() / 100 * there).astype(int)
        size = {"M": np.where(published, own["n_missing"].to_numpy(), share)}
        ratio = own["n_missing_incidents"].to_numpy() / np.maximum(own["n_missing"].to_numpy(), 1)
        number = {"M": np.where(published, own["n_missing_incidents"].to_numpy(), np.round(ratio * size["M"]))}
        size["A"], number["A"] = own["n_away"].to_numpy(), own["n_away_incidents"].to_numpy()
        still = np.isin(children["child_id"].to_numpy(), again["child_id"].to_numpy())
        length = numbers(children, "last") - numbers(children, "first")
        age = age_at(numbers(children, "birth_date"), numbers(children, "last"))
        chance = np.select([age >= 13, age >= 10, age >= 5], [3.0, 0.4, 0.04], 0.002) * np.minimum(length / 200, 1)
        chance = np.where((length < 5) | still, 0, chance)
        gone = np.zeros(children.height, dtype=bool)
        over = pl.DataFrame(schema={"child_id": pl.Int64})
        for kind in ("M", "A"):
            had = counts(la[still], len(las)) if kind == "M" else 0
            who = drawn(la, np.maximum(size[kind] - had, 0), np.where(gone, 0, chance), rng)
            gone |= who
            rows = _incidents(children.filter(pl.Series(who)), la[who], number[kind].astype(int) - had, rng)
            if kind == "M":
                rows, over = _over_the_year_end(rows, children, day(year, 3, 31), rng)
            found.append(rows.with_columns(missing=pl.lit(kind)))
        again = over
    return pl.concat(found).select("child_id", "missing", "start_date", "end_date").sort("child_id", "start_date")


def _incidents(children: pl.DataFrame, la: np.ndarray, number: np.ndarray, rng) -> pl.DataFrame:
    """So many incidents in each authority, at least one for each child, spread over the child's days in care."""
    first, last = numbers(children, "first"), numbers(children, "last")
    most = np.maximum((last - first) // (GAP + 1), 1)
    weight = np.minimum(rng.lognormal(0.6, 1.1, len(la)), 25) * np.minimum((last - first) / 200, 1)
    times = np.ones(len(la), dtype=int)
    for _ in range(4):  # what finds no room with one child falls on others
        left = np.maximum(number - np.bincount(la, times, len(number)).astype(int), 0)
        room = most - times
        able = np.where(room > 0, weight, 0)
        share = able / np.maximum(np.bincount(la, able, len(number)), 1e-9)[la] * left[la]
        whole = np.floor(share).astype(int)
        rest = left - np.bincount(la, whole, len(number)).astype(int)
        whole += drawn(la, rest, np.where(room > whole, share - whole + 1e-9, 0), rng)
        times += np.minimum(whole, room)
    row = np.repeat(np.arange(len(la)), times)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    lots = rng.random(len(row))
    lots = lots[np.lexsort((lots, row))]
    room = (last - first - times * GAP)[row]
    start = first[row] + np.floor(lots * np.maximum(room, 1)).astype(int) + turn * GAP
    follow = np.append(start[1:], 0)
    same = np.append(row[1:] == row[:-1], False) if len(row) else np.zeros(0, dtype=bool)
    latest = np.where(same, follow - 1, last[row])
    back = np.minimum(start + np.maximum(rng.geometric(0.55, len(row)) - 1, 0), np.maximum(latest, start))
    return pl.DataFrame(
        {"child_id": children["child_id"].to_numpy()[row], "start_date": dates(start), "end_date": dates(back)}
    )


def _over_the_year_end(rows: pl.DataFrame, children: pl.DataFrame, end: int, rng) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lets the last incident of a few children last beyond 31 March; gives the rows, and who is still missing."""
    able = children.filter(
        "is_looked_after", pl.col("end_date").is_null() | (pl.col("end_date").cast(pl.Int32) > end + 20)
    )
    last = (
        rows.with_row_index("row").sort("child_id", "start_date").unique("child_id", keep="last", maintain_order=True)
    )
    last = last.filter(
        pl.col("child_id").is_in(able["child_id"].to_list()), pl.col("end_date").cast(pl.Int32) < end - 3
    )
    chosen = last.filter(pl.Series(rng.random(last.height) < OVER_YEAR_END))
    moved = chosen.select(
        "row",
        new_start=dates(end - rng.integers(0, 3, chosen.height)),
        new_end=dates(end + rng.integers(1, 5, chosen.height)),
    )
    moved = rows.with_row_index("row").join(moved, on="row", how="left", maintain_order="left")
    rows = moved.select(
        "child_id", start_date=pl.coalesce("new_start", "start_date"), end_date=pl.coalesce("new_end", "end_date")
    )
    return rows, chosen.select("child_id")


def health(lives: dict[str, pl.DataFrame], las: list[str], years: list[int], seed: int) -> pl.DataFrame:
    """The health return of those looked after for twelve months on 31 March, in the published proportions."""
    wanted = targets.wanted("looked_after_health", las, years)
    return pl.concat(
        _health_of_year(
            in_care(lives, year).filter("is_long"),
            wanted.filter(pl.col("return_year") == year),
            year,
            draw.generator(seed, "care", "health", year),
        )
        for year in years
    )


def _health_of_year(children: pl.DataFrame, own: pl.DataFrame, year: int, rng) -> pl.DataFrame:
    la = np.searchsorted(own["la_code"].to_numpy(), children["la_code"].to_numpy())
    age = age_at(numbers(children, "birth_date"), day(year, 3, 31))
    found: dict[str, np.ndarray | pl.Series] = {}

    def yes(numerator: str, denominator: str, able: np.ndarray, chance: np.ndarray) -> np.ndarray:
        share = own[numerator].to_numpy() / np.maximum(own[denominator].to_numpy(), 1)
        size = np.round(np.minimum(share, 1) * counts(la[able], own.height)).astype(int)
        return drawn(la, size, able * chance, rng)

    def flag(told: np.ndarray, able: np.ndarray) -> pl.Series:
        return pl.Series(np.where(told, "1", "0")).zip_with(pl.Series(able), pl.Series([None], dtype=pl.String))

    one = np.ones(len(la))
    for name, (numerator, denominator, low, high) in HEALTH.items():
        able = (age >= low) & (age <= high)
        chance = np.where(age >= 13, 20.0, np.where(age >= 10, 1.0, 1e-6)) if name == "substance_misuse" else one
        told = yes(numerator, denominator, able, chance)
        found[name] = flag(told, able)
        if name == "substance_misuse":
            received = yes("n_intervention_received", "n_substance_misuse", told, one)
            refused = yes("n_intervention_refused", "n_substance_misuse", told, np.where(received, 0, one))
            found["intervention_received"] = flag(received, told)
            found["intervention_offered"] = flag(refused, told & ~received)
    asked = (age >= 4) & (age <= 16)
    scored = yes("n_sdq", "n_sdq_cohort", asked, one)
    bands = np.stack([own[f"n_sdq_{band}"].to_numpy() for band in SCORES], axis=1) + 1e-9
    bands = np.cumsum(bands / bands.sum(axis=1, keepdims=True), axis=1)[la]
    band = np.minimum((rng.random(len(la))[:, None] > bands).sum(axis=1), len(SCORES) - 1)
    low, high = np.array(list(SCORES.values())).T
    score = low[band] + np.floor(rng.random(len(la)) * (high - low)[band]).astype(int)
    blank = pl.Series([None], dtype=pl.String)
    return pl.DataFrame(
        {"child_id": children["child_id"], "return_year": pl.Series([year] * children.height, dtype=pl.Int32)}
    ).with_columns(
        pl.Series(score, dtype=pl.Int64)
        .zip_with(pl.Series(scored), pl.Series([None], dtype=pl.Int64))
        .alias("sdq_score"),
        pl.Series(pick(WEIGHTS["sdq_reason"], len(la), rng))
        .zip_with(pl.Series(asked & ~scored), blank)
        .alias("sdq_reason"),
        *(pl.Series(values).alias(name) for name, values in found.items()),
    )
