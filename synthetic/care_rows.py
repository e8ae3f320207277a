"""Rows as named arrays, days as whole numbers since 1970, and what was told of lives so far."""

from collections import defaultdict

import numpy as np
import polars as pl

Rows = dict[str, np.ndarray]


def take(rows: Rows, which: np.ndarray) -> Rows:
    """The rows of a mask or of positions."""
    return {name: values[which] for name, values in rows.items()}


def stack(*parts: Rows) -> Rows:
    """Rows below each other, with the columns that all have."""
    names = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def size(rows: Rows) -> int:
    """How many rows there are."""
    return len(next(iter(rows.values())))


class Story:
    """What happened, told bit by bit: for each table, blocks of rows."""

    def __init__(self):
        self.blocks: dict[str, list[Rows]] = defaultdict(list)
        self.numbers: dict[str, int] = defaultdict(lambda: 1)

    def tell(self, table: str, **columns: np.ndarray):
        """Adds a block of rows."""
        self.blocks[table].append({name: np.asarray(values) for name, values in columns.items()})

    def number(self, table: str, count: int) -> np.ndarray:
        """The next ids of a table."""
        first = self.numbers[table]
        self.numbers[table] += count
        return np.arange(first, first + count)

    def frame(self, table: str) -> pl.DataFrame:
        """All rows of a table."""
        return pl.concat(pl.DataFrame(block) for block in self.blocks[table])


def day(year: int, month: int, dom: int) -> int:
    """A date as a number of days."""
    return int(np.datetime64(f"{year:04}-{month:02}-{dom:02}").astype(int))


def birthday(birth: np.ndarray, age: np.ndarray | int) -> np.ndarray:
    """The day on which those born on `birth` reach an age; nobody here is born on 29 February."""
    months = birth.astype("M8[D]").astype("M8[M]")
    return ((months + 12 * np.asarray(age)).astype("M8[D]") + (birth.astype("M8[D]") - months)).astype(int)


def age_at(birth: np.ndarray, when: np.ndarray | int) -> np.ndarray:
    """Completed years on a day."""
    when = np.broadcast_to(when, birth.shape)
    years = when.astype("M8[D]").astype("M8[Y]").astype(int) - birth.astype("M8[D]").astype("M8[Y]").astype(int)
    return years - (birthday(birth, years) > when)


def born(age: np.ndarray, when: int, rng: np.random.Generator) -> np.ndarray:
    """Birth days of people who have an age on a day, and nobody's on 29 February."""
    days = birthday(np.full(len(age), when), -age) - rng.integers(0, 365, len(age))
    dates = days.astype("M8[D]")
    leap = (dates - dates.astype("M8[M]")).astype(int) == 28
    return days - (leap & (dates.astype("M8[M]").astype(int) % 12 == 1))


def between(low: np.ndarray, high: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A day from `low` to `high`, both possible; `low` where there is nothing between."""
    return low + np.floor(rng.random(len(low)) * np.maximum(high - low + 1, 1)).astype(int)
