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
    amounts = things.select(
        *WHERE,
        *breakdowns,
        numerator=_exact(pl.lit(1) if numerator is None else numerator),
        denominator=_exact(pl.lit(0) if denominator is None else denominator),
    )
    sums = pl.col("numerator", "denominator").sum()
    totals = sent.join(amounts.group_by(WHERE).agg(sums), on=WHERE, how="left", maintain_order="left")
    found = [totals.with_columns(breakdown=pl.lit("all"), breakdown_value=pl.lit("all"))]
    for name in breakdowns:
        each = amounts.group_by(*WHERE, breakdown_value=name, maintain_order=True).agg(sums)
        values = each.filter((pl.col("numerator") > 0) | (pl.col("denominator") > 0))
        values = values.select("return_year", "breakdown_value").unique(maintain_order=True)
        rows = sent.join(values, on="return_year", maintain_order="left")
        rows = rows.join(each, on=[*WHERE, "breakdown_value"], how="left", maintain_order="left")
        found.append(rows.with_columns(breakdown=pl.lit(name)))
    return pl.concat(found, how="diagonal").select(
        pl.lit(measure_id).alias("measure_id"),
        *WHERE,
        "breakdown",
        "breakdown_value",
        pl.col("numerator").fill_null(0).cast(COUNT),
        denominator=(pl.lit(None) if denominator is None else pl.col("denominator").fill_null(0)).cast(COUNT),
    )


def middle(measure_id: str, things: pl.DataFrame, sent: pl.DataFrame, number: str) -> pl.DataFrame:
    """The median of a number over the things that have one, for each return sent; columns as in `count`.

    The numerator is the median, null where nothing has the number; the denominator says how many have it.
    """
    counted = count(measure_id, things, sent, [], denominator=pl.col(number).is_not_null())
    medians = things.group_by(WHERE).agg(numerator=pl.col(number).median().cast(pl.Float64).cast(COUNT))
    columns = counted.columns
    return counted.drop("numerator").join(medians, on=WHERE, how="left", maintain_order="left").select(columns)


def _exact(number: pl.Expr) -> pl.Expr:
    """A condition or number so that sums of it are exact: to six places, as the warehouse counts."""
    return number.cast(pl.Float64).cast(COUNT)
