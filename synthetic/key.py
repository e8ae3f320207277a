"""The answer key: who everyone is, when each spell began and ended, and the true value of every measure.

Worked out from the lives themselves by the definitions of the measures, and by no code that the warehouse uses.
What the key says of a return is what its authority could have known on the last day that it is about.
"""

from datetime import date

import polars as pl

from synthetic import key_annex_a, key_cin, key_csww, key_sen2, key_ssda903
from synthetic.key_cin import NOT_IN_NEED
from synthetic.key_counts import COUNT, WHERE, YEAR_END, populations, seed

COUNTS = {
    "cin": key_cin.counts,
    "ssda903": key_ssda903.counts,
    "csww": key_csww.counts,
    "sen2": key_sen2.counts,
    "annex_a": key_annex_a.counts,
}
PERIOD_ENDS = {"csww": key_csww.CENSUS, "sen2": key_sen2.CENSUS}  # of other returns 31 March
CELL = {
    "measure_id": pl.String,
    "la_code": pl.String,
    "period_type": pl.String,
    "period_end": pl.Date,
    "breakdown": pl.String,
    "breakdown_value": pl.String,
}


def measures(lives: dict[str, pl.DataFrame], sent: pl.DataFrame, period_end: date | None = None) -> pl.DataFrame:
    """The true value of every measure of the returns in `COUNTS`, with the columns and rows of `measures.msr_all`.

    `sent` names the returns that were sent and have a child in them, of whatever kind: `return_name`, `la_code`,
    `return_year`, and for returns of a day `period_end`. Where `lives["children"]` has a `return_year`, each year's
    attributes are those of its own row. With `period_end`, which `sent` then has, only the returns of that period are
    counted; `sent` must still name those of the year before, for re-referrals look back at it. Sorted by all columns
    that name a row.
    """
    sent = sent.filter(pl.col("return_name").is_in(list(COUNTS)))
    if sent.is_empty():
        return pl.DataFrame(schema=CELL | {"numerator": COUNT, "denominator": COUNT})
    sent = _with_year(sent).unique(maintain_order=True)
    before = sent.select("return_name", "la_code", pl.col("return_year") + 1, is_after_another=True).unique()
    sent = sent.join(before, on=["return_name", *WHERE], how="left", maintain_order="left")
    sent = sent.with_columns(pl.col("is_after_another").fill_null(False))
    sent = sent if period_end is None else sent.filter(period_end=period_end)
    lives = lives | {"children": _with_year(lives["children"])}
    counted = pl.concat(
        [
            _counted(name, lives, returns)
            for name in COUNTS
            if (returns := sent.filter(return_name=name).drop("return_name")).height
        ]
    )
    register = seed("measures/measures").with_columns(pl.col("first_year").cast(pl.Int32))
    every = pl.concat([counted, _shares(counted, register)])
    rows = every.join(
        register.select("measure_id", "denominator_count", "unit", "first_year"),
        on="measure_id",
        maintain_order="left",
    ).join(populations(), on=[*WHERE, "denominator_count"], how="left", maintain_order="left")
    is_rate = pl.col("unit") == "rate"
    return (
        rows.filter(pl.col("return_year") >= pl.col("first_year"))
        .select(
            "measure_id",
            "la_code",
            "period_type",
            "period_end",
            breakdown="breakdown",
            breakdown_value="breakdown_value",
            numerator="numerator",
            # how many children there are is known for all of them together only
            denominator=pl.when(~is_rate)
            .then("denominator")
            .when(pl.col("breakdown") == "all")
            .then("population")
            .cast(COUNT),
        )
        .sort(list(CELL))
    )


def _counted(name: str, lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """What a return counts, with the kind and the last day of the period that it is about."""
    rows = COUNTS[name](lives, sent)
    of_day = "period_end" in rows.columns
    return rows.select(
        "measure_id",
        *WHERE,
        period_type=pl.lit("snapshot" if of_day else "year"),
        period_end=pl.col("period_end") if of_day else PERIOD_ENDS.get(name, YEAR_END),
        breakdown="breakdown",
        breakdown_value="breakdown_value",
        numerator="numerator",
        denominator="denominator",
    )


def persons(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Who is who: a row for each authority's record of a person, with the person it is of and what is true of them."""
    columns = ["person_id", "child_id", "la_code", "la_child_id", "upn", "birth_date", "death_date", "sex", "ethnicity"]
    columns += ["is_uasc", "household_id"]
    return lives["children"].select(columns).unique("child_id", keep="last", maintain_order=True).sort("child_id")


def spells(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """True spells, half-open: `person_id`, `child_id`, `la_code`, `spell`, `start_date`, `end_date` (null: still open).

    `spell` is need (referrals taken further and not found to need nothing), child_in_need_plan, protection_plan,
    care, short_breaks or placement.
    """
    episodes, span = lives["episodes"], ["child_id", "start_date", "end_date"]
    of_episode = episodes.select("episode_id", "child_id")
    in_need = ~pl.col("is_nfa") & ~pl.col("closure_reason").is_in(NOT_IN_NEED).fill_null(False)
    periods = lives["periods"]
    found = {
        "need": episodes.filter(in_need).rename({"referral_date": "start_date", "closure_date": "end_date"}),
        "child_in_need_plan": lives["cin_plans"].join(of_episode, on="episode_id", maintain_order="left"),
        "protection_plan": lives["cp_plans"].join(of_episode, on="episode_id", maintain_order="left"),
        "care": periods.filter(~pl.col("is_short_breaks")),
        "short_breaks": periods.filter("is_short_breaks"),
        "placement": key_ssda903.placements(lives),
    }
    every = pl.concat([spell.select(*span, spell=pl.lit(name)) for name, spell in found.items()])
    who = lives["children"].select("person_id", "child_id", "la_code").unique("child_id", maintain_order=True)
    named = every.join(who, on="child_id", maintain_order="left")
    return named.select("person_id", "child_id", "la_code", "spell", "start_date", "end_date").sort(pl.all())


def _with_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with their year, where they have one, in the type that the counts use."""
    return rows.with_columns(pl.col("return_year").cast(pl.Int32)) if "return_year" in rows.columns else rows


def _shares(counted: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """The measures that divide another one up: its counts by one breakdown, of its total."""
    split = register.filter(pl.col("split_by").is_not_null()).select("split_by", "counted_as", new_id="measure_id")
    parts = counted.rename({"measure_id": "counted_as"}).join(split, on="counted_as", maintain_order="left")
    where = ["counted_as", "la_code", "period_end"]
    totals = counted.filter(breakdown="all").rename({"measure_id": "counted_as", "numerator": "total"})
    kept = parts.filter((pl.col("breakdown") == pl.col("split_by")) | (pl.col("breakdown") == "all"))
    kept = kept.drop("denominator").join(totals.select(*where, denominator="total"), on=where, maintain_order="left")
    return kept.rename({"new_id": "measure_id"}).select(counted.columns)
