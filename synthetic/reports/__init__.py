"""What a return of a year says of the lives."""

import polars as pl


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
