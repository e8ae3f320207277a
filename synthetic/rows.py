"""Rows of a return's tables in the order of their file, with their keys as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

NOBODY = np.iinfo(np.int64).min  # for a key that is null

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Rows:
    """Rows in the order of the file, record by record, with their keys as arrays.

    `columns` is each value's column by its path; `origins`, by table, the place of each row in the frame that it came
    from (-1: none). `holder` is the place of the row around each, `said` whether there is a value in it or in
    what it holds; `is_marked` is whether any value has to be escaped.
    """

    frame: pl.DataFrame
    record: np.ndarray
    row: np.ndarray
    parent: np.ndarray
    columns: dict[str, str]
    origins: dict[str, np.ndarray]
    holder: np.ndarray | None = None
    said: np.ndarray | None = None
    is_marked: bool = False

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.record.size

    def part(self, first: int, last: int) -> "Rows":
        """The rows of the records from `first` to `last`."""
        start, stop = np.searchsorted(self.record, first, "left"), np.searchsorted(self.record, last, "right")
        cut = slice(start, stop)
        return replace(
            self,
            frame=self.frame.slice(start, stop - start),
            record=self.record[cut],
            row=self.row[cut],
            parent=self.parent[cut],
            origins={name: origin[cut] for name, origin in self.origins.items()},
        )


def in_order(frame: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """A table's rows by `record`, then `row`; and the place that each had."""
    record, row = numbers(frame["record"]), numbers(frame["row"])
    order = np.lexsort((row, record))
    if (order[1:] > order[:-1]).all():
        return frame, order
    return frame[order], order


def numbers(keys: pl.Series) -> np.ndarray:
    """Keys as an array, NOBODY for null."""
    missing = keys.null_count()
    if missing == len(keys):
        return np.full(missing, NOBODY)
    return (keys.cast(pl.Int64).fill_null(NOBODY) if missing else keys).to_numpy().astype(np.int64, copy=False)
