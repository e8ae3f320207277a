"""What care should look like in each authority and year: stock, flows and their make-up, from the published figures.

A plan has a row for each authority and a column for each year; its first column is the 31 March before the years.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic import targets

FAMILIES = {  # published breakdowns: topic, column prefix, parts
    "age": ("looked_after", "n_age_", ["0", "1", "5", "10", "16"]),
    "sex": ("looked_after", "n_sex_", ["male", "female"]),
    "ethnicity": ("looked_after", "n_ethnicity_", ["unknown", "other", "asian", "black", "mixed", "white"]),
    "need": ("looked_after", "n_need_", ["N8", "N7", "N6", "N2", "N3", "N4", "N5", "N1"]),
    "legal": (
        "looked_after",
        "n_legal_",
        ["justice", "protection", "placement_order", "full", "interim", "voluntary"],
    ),
    "placement": (
        "looked_after",
        "n_placement_",
        ["adoption", "parents", "school", "residential", "supported", "homes", "other", "foster"],
    ),
    "provider": (
        "looked_after",
        "n_provider_",
        ["parents", "none", "public", "other_la", "voluntary", "own", "private"],
    ),
    "ceased_age": ("looked_after_flows", "n_ceased_age_", ["0", "1", "5", "10", "16", "17", "18"]),
    "ceased": (
        "looked_after_flows",
        "n_ceased_",
        [
            *["adopted", "stayed", "assessed_adult", "remand", "custody", "supported", "unsupported", "adult_care"],
            *["guardianship", "arrangements", "abroad", "transferred", "died", "relatives", "home_unplanned"],
            *["home_planned", "other"],
        ],
    ),
    "started_legal": (
        "looked_after_flows",
        "n_started_legal_",
        ["J1", "J2", "J3", "L1", "L2", "L3", "C2", "E1", "C1", "V2"],
    ),
}
SIZES = {"looked_after": "n_looked_after", "looked_after_flows": "n_ceased"}
BANDS = np.array([0, 1, 5, 10, 16, 18])  # first age of each band on 31 March; those of 18 have left


@dataclass(frozen=True)
class Plan:
    """Whole numbers by authority and year; `shares` by family are weights with a third axis, the parts."""

    las: list[str]
    years: list[int]
    stock: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    leavers: np.ndarray  # children who leave and are not back on 31 March
    twelve_months: np.ndarray  # those looked after on 31 March who were so all year
    uasc: np.ndarray
    uasc_leavers: np.ndarray
    three_placements: np.ndarray
    new_placements: np.ndarray
    shares: dict[str, np.ndarray]


def make(las: Sequence[str], years: Sequence[int], scale: float) -> Plan:
    """The plan for `years` and the year before them, counts times `scale`."""
    las, span = sorted(las), [years[0] - 1, *years]
    stock, flows, within, health = (targets.wanted(topic, las, span, scale) for topic in _TOPICS)

    def grid(frame: pl.DataFrame, name: str) -> np.ndarray:
        return frame[name].to_numpy().reshape(len(las), len(span)).astype(int)

    stocks, starts, ends = grid(stock, "n_looked_after"), grid(flows, "n_started"), grid(flows, "n_ceased")
    change = np.diff(stocks, axis=1, prepend=stocks[:, :1])
    # Who leaves and is not back: everybody looked after in the year, less those of 31 March. Where the year's number
    # was not published, ends are taken to be children, less some who leave and come back within the year.
    known = _known("looked_after_in_year", "n_during_year", las, span)
    leavers = np.where(known, grid(within, "n_during_year") - stocks, np.round(ends * 0.983).astype(int))
    leavers = np.maximum(np.minimum(np.minimum(leavers, ends), starts - change), np.maximum(-change, 0))
    # A start more than once or an end more than once explains small gaps between the figures, not large ones.
    ends = np.minimum(ends, leavers + np.ceil(starts * 0.06).astype(int) + 2)
    return Plan(
        las=las,
        years=span,
        stock=stocks,
        starts=np.maximum(starts, leavers + change),
        ends=np.maximum(ends, leavers),
        leavers=leavers,
        twelve_months=np.minimum(grid(health, "n_twelve_months"), stocks),
        uasc=np.minimum(grid(stock, "n_uasc"), stocks),
        uasc_leavers=grid(flows, "n_ceased_uasc"),
        three_placements=np.minimum(grid(within, "n_three_placements"), stocks),
        new_placements=grid(within, "n_new_placements"),
        shares={name: shares(las, span, *family) for name, family in FAMILIES.items()},
    )


_TOPICS = ("looked_after", "looked_after_flows", "looked_after_in_year", "looked_after_health")


def _known(topic: str, name: str, las: Sequence[str], years: Sequence[int]) -> np.ndarray:
    """Where the figure was published for that very authority and year."""
    found = targets.published(topic).filter(pl.col(name).is_not_null())
    keys = set(found.select("la_code", "return_year").iter_rows())
    return np.array([[(la, year) in keys for year in years] for la in las])


def shares(las: Sequence[str], years: Sequence[int], topic: str, prefix: str, parts: list[str]) -> np.ndarray:
    """How a number divides into parts, by authority and year, from what was published.

    Hidden parts have what the published ones leave of the total, shared as in London. A year without figures has
    those of the nearest year with some; an authority without any has London's.
    """
    names = [prefix + part for part in parts]
    published = targets.published(topic).filter(pl.col("la_code").str.starts_with("E09"))
    some = published.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
    figures = {key: row for key, row in _rows(some, names, SIZES[topic])}
    table = some.select(names).to_numpy()
    sizes = some[SIZES[topic]].to_numpy()
    london = np.nansum(table, axis=0) / np.maximum(np.nansum(np.where(np.isnan(table), 0, sizes[:, None]), axis=0), 1)
    london = np.maximum(london, 1e-3)
    found = np.zeros((len(las), len(years), len(parts)))
    for i, la in enumerate(las):
        told = sorted(year for code, year in figures if code == la)
        for j, year in enumerate(years):
            if not told:
                found[i, j] = london / london.sum()
                continue
            row, size = figures[la, min(told, key=lambda at: (abs(at - year), -at))]
            hidden = np.isnan(row)
            left = max(size - np.nansum(row), 0.0) if size == size else np.nan
            guess = np.maximum(london * (size if size == size else 0), 1.0)  # what is hidden is hardly ever 0
            row = np.where(hidden, guess / max(guess[hidden].sum(), 1.0) * left, row)
            row = london if np.isnan(row).any() or row.sum() == 0 else row
            found[i, j] = row / row.sum()
    return found


def _rows(frame: pl.DataFrame, names: list[str], size: str):
    for row in frame.iter_rows(named=True):
        total = row[size] if row[size] is not None else np.nan
        yield (row["la_code"], row["return_year"]), (np.array([row[n] for n in names], dtype=float), total)
