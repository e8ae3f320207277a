"""Days as whole numbers since 1970: return years, working days, and dates that fall on them."""

import numpy as np
import polars as pl

from loaders import spec

_FIRST = np.datetime64("1995-01-01")
_DAYS = np.arange(_FIRST, np.datetime64("2036-01-01"))
_HOLIDAYS = pl.read_csv(spec.PROJECT / "seeds/reference/bank_holidays_england.csv", try_parse_dates=True)[
    "holiday_date"
]
_IS_WORKING = np.is_busday(_DAYS, holidays=_HOLIDAYS.to_numpy().astype("datetime64[D]"))
_NUMBER = np.cumsum(_IS_WORKING)  # of working days up to and including each day
_WORKING = _DAYS[_IS_WORKING].astype(np.int64)
_OFFSET = int(_FIRST.astype(np.int64))


def first_day(year: pl.Expr) -> pl.Expr:
    """1 April on which a return year begins."""
    return pl.date(year - 1, 4, 1).cast(pl.Int32)


def last_day(year: pl.Expr) -> pl.Expr:
    """31 March on which a return year ends."""
    return pl.date(year, 3, 31).cast(pl.Int32)


def return_year(day: pl.Expr) -> pl.Expr:
    """The return year in which a day lies."""
    date = day.cast(pl.Int32).cast(pl.Date)
    return (date.dt.year() + (date.dt.month() >= 4).cast(pl.Int32)).cast(pl.Int32)


def working_days_after(days: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The day on which so many working days have passed since each day; the day itself for 0."""
    days = np.asarray(days, dtype=np.int64)
    later = _WORKING[_NUMBER[days - _OFFSET] + np.asarray(number, dtype=np.int64) - 1]
    return np.where(np.asarray(number) == 0, days, later)


def working_days_before(days: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The working day from which so many working days have passed at each day; the day itself for 0."""
    return working_days_after(days, -np.asarray(number))


def working_days_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Working days after the first day up to and including the second."""
    return _NUMBER[np.asarray(second, np.int64) - _OFFSET] - _NUMBER[np.asarray(first, np.int64) - _OFFSET]


def on_working_day(days: np.ndarray, not_before: np.ndarray) -> np.ndarray:
    """The last working day up to each day, or the first one after it where that would come too early."""
    days = np.asarray(days, dtype=np.int64)
    number = _NUMBER[days - _OFFSET]
    earlier = _WORKING[number - 1]
    return np.where(earlier >= not_before, earlier, _WORKING[number])


def mostly_on_weekdays(days: np.ndarray, not_before: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """The days, six in seven of those on a weekend moved to some working day of the week before it."""
    days = np.asarray(days, dtype=np.int64)
    weekend = np.maximum(0, (days + 3) % 7 - 4)  # 1 January 1970 was a Thursday
    back = weekend + np.floor(lots * 7 / 6 * 5).astype(np.int64)  # to the Friday, or up to four days before it
    moved = on_working_day(np.maximum(days - back, _OFFSET + 20), not_before)
    return np.where((weekend > 0) & (lots < 6 / 7) & (moved >= not_before) & (moved <= days), moved, days)
