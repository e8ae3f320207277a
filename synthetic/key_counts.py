"""What the answer key's counts have in common: who a thing is about, what day it falls in, how things are counted.

Reads seeds for facts only (which codes belong together, bank holidays), and nothing of the models.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl

from loaders.spec import PROJECT

COUNT = pl.Decimal(38, 6)
WHERE = ["la_code", "return_year"]
WHO = ["sex", "age_band", "ethnicity"]  # what nearly every measure is broken down by
AGE_BANDS = [(0, "under 1"), (4, "1 to 4"), (9, "5 to 9"), (15, "10 to 15"), (17, "16 to 17")]  # of children in need
YEAR_START, YEAR_END = pl.date(pl.col("return_year") - 1, 4, 1), pl.date(pl.col("return_year"), 3, 31)


@cache
def seed(path: str) -> pl.DataFrame:
    """A seed of the project as text."""
    return pl.read_csv(PROJECT / "seeds" / f"{path}.csv", infer_schema=False)


def group_of(column: str, grouping: str, group: str, otherwise: str) -> pl.Expr:
    """The group that a code belongs to in a grouping seed; `otherwise` where it is blank or not listed."""
    codes = seed(f"groupings/{grouping}")
    return pl.col(column).replace_strict(codes["code"], codes[group], default=otherwise, return_dtype=pl.String)


def flagged(grouping: str, flag: str) -> list[str]:
    """The codes of a grouping seed that have a flag."""
    return seed(f"groupings/{grouping}").filter(pl.col(flag) == "true")["code"].to_list()


def in_years(things: pl.DataFrame, day: str, sent: pl.DataFrame) -> pl.DataFrame:
    """Things that happened on a day, with the `return_year` it falls in, for the returns that were sent."""
    date = pl.col(day)
    year = (date.dt.year() + (date.dt.month() >= 4).cast(pl.Int32)).cast(pl.Int32)
    return things.with_columns(return_year=year).join(sent, on=WHERE, maintain_order="left")


def open_at_year_end(things: pl.DataFrame, sent: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    """A row for each thing and return sent on whose 31 March it was open (an end on that day or before closes it)."""
    every = things.join(sent, on="la_code", maintain_order="left")
    return every.filter(pl.col(start) <= YEAR_END, pl.col(end).is_null() | (pl.col(end) > YEAR_END))


def touching_year(things: pl.DataFrame, sent: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    """A row for each thing and return sent of whose year it has a day, that of its end included."""
    every = things.join(sent, on="la_code", maintain_order="left")
    return every.filter(pl.col(start) <= YEAR_END, pl.col(end).is_null() | (pl.col(end) >= YEAR_START))


def with_children(things: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
    """Things with what is recorded of their child, in the year where `children` has a row for each year."""
    keys = ["child_id", *(["return_year"] if "return_year" in children.columns else [])]
    columns = [*keys, "birth_date", "sex", "ethnicity", "disabilities"]
    return things.join(children.select(columns), on=keys, how="left", maintain_order="left")


def as_in_need(things: pl.DataFrame, children: pl.DataFrame, day: pl.Expr = YEAR_END) -> pl.DataFrame:
    """Things with sex, age band and ethnic group of the child on a day; of an unborn child none is known."""
    unborn = pl.col("birth_date") > day
    return with_children(things, children).with_columns(
        sex=pl.when(unborn).then(pl.lit("U")).otherwise(pl.col("sex").fill_null("U")),
        age_band=pl.when(unborn).then(pl.lit("unborn")).otherwise(band(age(day), AGE_BANDS, "18 and over", "unknown")),
        ethnicity=pl.when(unborn)
        .then(pl.lit("Unknown"))
        .otherwise(group_of("ethnicity", "group_ethnicity", "ethnicity_group", "Unknown")),
    )


def age(day: pl.Expr) -> pl.Expr:
    """Completed years from `birth_date` to a day; a birthday of 29 February is kept on 1 March in other years."""

    def as_number(date: pl.Expr) -> pl.Expr:
        parts = date.dt.year().cast(pl.Int32), date.dt.month().cast(pl.Int32), date.dt.day().cast(pl.Int32)
        return parts[0] * 10000 + parts[1] * 100 + parts[2]

    years = (as_number(day) - as_number(pl.col("birth_date"))) // 10000
    return pl.when(pl.col("birth_date") <= day).then(years)


def band(number: pl.Expr, bands: Sequence[tuple[int, str]], last: str, unknown: str) -> pl.Expr:
    """The first band whose upper limit (included) a number does not pass, else the last; `unknown` for none."""
    chosen = pl.when(number.is_null()).then(pl.lit(unknown))
    for limit, name in bands:
        chosen = chosen.when(number <= limit).then(pl.lit(name))
    return chosen.otherwise(pl.lit(last))


def duration(start: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The published band of a time: just 3 months is in the lowest, just 2 years in the highest."""
    return (
        pl.when(start.dt.offset_by("3mo") >= day)
        .then(pl.lit("3 months or less"))
        .when(start.dt.offset_by("6mo") >= day)
        .then(pl.lit("Over 3 to 6 months"))
        .when(start.dt.offset_by("12mo") > day)
        .then(pl.lit("Over 6 months to under 1 year"))
        .when(start.dt.offset_by("24mo") > day)
        .then(pl.lit("1 to under 2 years"))
        .otherwise(pl.lit("2 years or more"))
    )


def working_days(things: pl.DataFrame, start: str, end: str) -> pl.Series:
    """Working days of England after the start, up to and with the end: 0 for the same day; null where it is before."""
    holidays = seed("reference/bank_holidays_england")["holiday_date"].to_numpy().astype("datetime64[D]")
    known = things.select((pl.col(start) <= pl.col(end)).fill_null(False).alias("known"))["known"]
    first, last = (things.filter(known)[column].to_numpy().astype("datetime64[D]") + 1 for column in (start, end))
    days = np.zeros(things.height, dtype="int64")
    days[known.to_numpy()] = np.busday_count(first, last, holidays=holidays)
    return pl.DataFrame({"days": days, "known": known}).select(pl.when("known").then("days").alias("days"))["days"]


def count(
    measure_id: str,
    things: pl.DataFrame,
    sent: pl.DataFrame,
    breakdowns: Sequence[str],
    numerator: pl.Expr | None = None,
    denominator: pl.Expr | None = None,
) -> pl.DataFrame:
    """Things counted for each return sent: all of them, and by each of the breakdowns (columns of `things`).

    Numerator and denominator are conditions or numbers to add up; without a numerator every thing counts, without
    a denominator there is none. A value that any authority has in a year has a row for all of them, of 0 where one
    has none. Columns `measure_id`, `la_code`, `return_year`, `breakdown`, `breakdown_value` and the two counts.
    """
    counted = _by_breakdown(
        things.with_columns(
            numerator=exact(pl.lit(1) if numerator is None else numerator),
            denominator=exact(pl.lit(0) if denominator is None else denominator),
        ),
        sent,
        breakdowns,
        pl.col("numerator", "denominator").sum(),
    )
    return counted.select(
        pl.lit(measure_id).alias("measure_id"),
        *WHERE,
        "breakdown",
        "breakdown_value",
        pl.col("numerator").fill_null(0).cast(COUNT),
        denominator=(pl.lit(None) if denominator is None else pl.col("denominator").fill_null(0)).cast(COUNT),
    )


def middle(
    measure_id: str, things: pl.DataFrame, sent: pl.DataFrame, breakdowns: Sequence[str], number: pl.Expr
) -> pl.DataFrame:
    """The median of a number, and of how many it is; rows and columns as of `count`. There is no median of none."""
    numbers = things.with_columns(number=number.cast(pl.Float64))
    amounts = pl.col("number").median().alias("numerator"), pl.col("number").count().alias("denominator")
    return _by_breakdown(numbers, sent, breakdowns, *amounts).select(
        pl.lit(measure_id).alias("measure_id"),
        *WHERE,
        "breakdown",
        "breakdown_value",
        pl.col("numerator").cast(COUNT),
        pl.col("denominator").fill_null(0).cast(COUNT),
    )


def _by_breakdown(
    things: pl.DataFrame, sent: pl.DataFrame, breakdowns: Sequence[str], *amounts: pl.Expr
) -> pl.DataFrame:
    """Numerator and denominator for each return sent: of all things, and of those of each value of the breakdowns."""
    totals = sent.join(things.group_by(WHERE).agg(*amounts), on=WHERE, how="left", maintain_order="left")
    found = [totals.with_columns(breakdown=pl.lit("all"), breakdown_value=pl.lit("all"))]
    for name in breakdowns:
        each = things.group_by(*WHERE, breakdown_value=name, maintain_order=True).agg(*amounts)
        values = each.filter((pl.col("numerator") > 0) | (pl.col("denominator") > 0))
        values = values.select("return_year", "breakdown_value").unique(maintain_order=True)
        rows = sent.join(values, on="return_year", maintain_order="left")
        rows = rows.join(each, on=[*WHERE, "breakdown_value"], how="left", maintain_order="left")
        found.append(rows.with_columns(breakdown=pl.lit(name)))
    return pl.concat(found, how="diagonal")


def populations() -> pl.DataFrame:
    """People whom a rate of a year is of, by `denominator_count`: `la_code`, `return_year`, `population`.

    Of children of 0 to 17 it is mid-year before the year: of several estimates that of the first release not older than
    the year counts, else the oldest. Of other ages it is the latest mid-year before the year that there is.
    """
    numbers = [pl.col(name).cast(pl.Int64) for name in ("mid_year", "population")]
    estimates = seed("reference/population_0_to_17").select("la_code", pl.col("release_year").cast(pl.Int64), *numbers)
    children = (
        estimates.with_columns(return_year=(pl.col("mid_year") + 1).cast(pl.Int32))
        .sort(pl.col("release_year") < pl.col("return_year"), "release_year")
        .unique(WHERE, keep="first", maintain_order=True)
        .with_columns(denominator_count=pl.lit("population 0 to 17"))
    )
    others = seed("reference/population_by_age").select("la_code", "age_range", *numbers)
    others = (
        others.join(children.select("return_year").unique(), how="cross")
        .filter(pl.col("mid_year") < pl.col("return_year"))
        .sort("mid_year")
        .unique([*WHERE, "age_range"], keep="last", maintain_order=True)
        .with_columns(denominator_count="population " + pl.col("age_range"))
    )
    return pl.concat([one.select(*WHERE, "denominator_count", "population") for one in (children, others)])


def exact(number: pl.Expr) -> pl.Expr:
    """A condition or number so that sums of it are exact: to six places, as the warehouse counts."""
    return number.cast(pl.Float64).cast(COUNT)
