"""What a return of a year says of the lives."""

from collections.abc import Collection
from datetime import date, datetime, time

import polars as pl

from loaders import spec
from synthetic import people


def as_recorded(lives: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The lives with the columns that recording adds, where nothing was recorded otherwise than it was.

    `former_upn` of children; `is_told_late` of episodes and care_episodes: the spell ended in the year before, its last
    return had it open, and so this one tells of it again.
    """
    added = {
        "children": pl.lit(None, pl.String).alias("former_upn"),
        "episodes": pl.lit(value=False).alias("is_told_late"),
        "care_episodes": pl.lit(value=False).alias("is_told_late"),
    }
    there = [name for name, column in added.items() if name in lives and column.meta.output_name() not in lives[name]]
    return lives | {name: lives[name].with_columns(added[name]) for name in there}


def as_the_year_knows(found: dict[str, pl.DataFrame], source: spec.Return, year: int) -> dict[str, pl.DataFrame]:
    """The tables of a year, in the order of the specification, each with its keys, the year's columns and the truth.

    The truth is in columns whose names begin with an underscore.
    """
    shaped = {}
    for table in source.tables:
        if table.name in found and spec.within(table.meta.years, year):
            frame = found[table.name]
            known = [column.name for column in table.columns if spec.within(column.meta.years, year)]
            names = [name for name in known if name in frame.columns]
            truth = [name for name in frame.columns if name.startswith("_")]
            shaped[table.name] = frame.select("la_code", "record", "row", "parent", *names, *truth)
    return shaped


def in_records(found: dict[str, pl.DataFrame], source: spec.Return) -> dict[str, pl.DataFrame]:
    """Lists with `record`, which a child has in all lists of an authority, and `parent`, of which they have none.

    A row of a list that is about no child is a record of its own.
    """
    about = source.meta.person_id
    listed = [rows.select("la_code", about) for rows in found.values() if about in rows.columns]
    if not listed:
        return {name: rows.with_columns(record="row", parent=pl.lit(None, pl.Int64)) for name, rows in found.items()}
    children = pl.concat(listed).unique().sort("la_code", about)
    children = children.with_columns(record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"))
    numbered = {}
    for name, rows in found.items():
        if about in rows.columns:
            numbered[name] = rows.join(children, on=["la_code", about], maintain_order="left")
        else:
            numbered[name] = rows.with_columns(record=pl.col("row") + children.height)
    return {name: rows.with_columns(parent=pl.lit(None, pl.Int64)) for name, rows in numbered.items()}


def first_rows(found: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows of lists with which the record of each child begins: of the first list that has it, the first."""
    first, seen = {}, pl.DataFrame(schema={"la_code": pl.String, "record": pl.Int64})
    for name, rows in found.items():
        if "_child_id" in rows.columns:
            new = rows.join(seen, on=["la_code", "record"], how="anti", maintain_order="left")
            first[name] = new.sort("record", "row").unique(["la_code", "record"], keep="first", maintain_order=True)
            seen = pl.concat([seen, first[name].select("la_code", "record")])
    return first


def year_of(day: date) -> int:
    """The year that a snapshot of a day belongs to: that of the next 31 March."""
    return day.year + (day.month >= 4)


def message_header(la_codes: Collection[str], collection: str, day: date, month: int) -> pl.DataFrame:
    """What an XML message says of itself, a row for each authority: what it collects, about which day."""
    las = people.authorities().filter(pl.col("la_code").is_in(list(la_codes)))
    written = [
        datetime.combine(date(day.year, month, 1 + int(code) % 28), time(9, 30)).isoformat()
        for code in las["dfe_la_code"]
    ]
    return las.select(
        "la_code",
        record=pl.lit(0, pl.Int64),
        row=pl.lit(1, pl.Int64),
        parent=pl.lit(None, pl.Int64),
        Collection=pl.lit(collection),
        Year=pl.lit(day.year, pl.Int64),
        ReferenceDate=pl.lit(day),
        SourceLevel=pl.lit("L"),
        LEA="dfe_la_code",
        SoftwareCode=pl.lit("Synthetic London"),
        DateTime=pl.Series(written, dtype=pl.String),
    )
