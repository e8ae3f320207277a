"""The answer key's counts of the children in need census: from lives in need, by the definitions of the measures.

Everything is counted as it was known on the 31 March of the return: what lies after it has not happened yet.
"""

import polars as pl

from synthetic.key_counts import (
    WHERE,
    WHO,
    YEAR_END,
    as_in_need,
    band,
    count,
    duration,
    group_of,
    in_years,
    open_at_year_end,
    working_days,
)

NOT_IN_NEED = ["RC8", "RC9"]
WORKING_DAY_BANDS = [
    *[(0, "Same day"), (10, "1 to 10"), (20, "11 to 20"), (30, "21 to 30"), (40, "31 to 40")],
    *[(45, "41 to 45"), (50, "46 to 50"), (60, "51 to 60")],
]


def counts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """Numerators and denominators of what the census counts, for the returns in `sent`.

    `sent` has `la_code`, `return_year` and `is_after_another`, whether the return of the year before was sent too.
    Columns `measure_id` (also CIN-F, which CIN-F1 divides up), `la_code`, `return_year`, `breakdown`,
    `breakdown_value`, `numerator`, `denominator`.
    """
    themes = (_referrals, _need, _assessments, _enquiries, _plans)
    return pl.concat([counted for theme in themes for counted in theme(lives, sent)])


def _described(things: pl.DataFrame, lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Things with sex, age band, ethnic group and disability of the child on 31 March."""
    born = pl.col("birth_date") <= YEAR_END
    return as_in_need(things, lives["children"]).with_columns(
        is_disabled=born & pl.col("disabilities").list.set_difference(pl.lit(["NONE"])).list.len().gt(0)
    )


def _is_found_not_in_need() -> pl.Expr:
    """Whether an episode was closed as not in need, as far as 31 March knows."""
    return (pl.col("closure_reason").is_in(NOT_IN_NEED) & (pl.col("closure_date") <= YEAR_END)).fill_null(False)


def _referrals(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    episodes = lives["episodes"]
    made = _described(in_years(episodes, "referral_date", sent), lives).with_columns(
        referral_source=group_of("source", "group_cin__referral_source", "referral_source_group", "Not stated")
    )
    dates = episodes.select("child_id", earlier_date="referral_date").unique(maintain_order=True)
    again = (
        made.select("episode_id", "child_id", "referral_date")
        .join(dates, on="child_id", maintain_order="left")
        .filter(
            pl.col("earlier_date") < pl.col("referral_date"),
            pl.col("earlier_date") >= pl.col("referral_date").dt.offset_by("-12mo"),
        )
    )
    # a return whose year before was not sent has no CIN-R2 at all
    after_another = sent.filter("is_after_another")
    re_referred = pl.col("episode_id").is_in(again["episode_id"].implode())
    every = pl.lit(True)
    return [
        count("CIN-R1", made, sent, [*WHO, "referral_source"]),
        count("CIN-R2", made.filter("is_after_another"), after_another, WHO, re_referred, every),
        count("CIN-R3", made, sent, WHO, pl.col("is_nfa"), every),
        count("CIN-R4", made, sent, WHO, ~pl.col("is_nfa") & _is_found_not_in_need(), every),
    ]


def _need(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    taken_up = lives["episodes"].filter(~pl.col("is_nfa"))
    need = pl.col("primary_need")
    stock = _described(open_at_year_end(taken_up, sent, "referral_date", "closure_date"), lives).with_columns(
        primary_need=pl.when(need == "N0").then(None).otherwise(need).fill_null("Not stated")
    )
    started, ended = (
        _described(in_years(taken_up, day, sent), lives).filter(~_is_found_not_in_need())
        for day in ("referral_date", "closure_date")
    )
    ended = ended.with_columns(closure_reason=pl.col("closure_reason").fill_null("Not stated"))
    at_any_point = pl.concat([stock.select(*WHERE, *WHO), ended.select(*WHERE, *WHO)])
    return [
        count("CIN-N1", stock, sent, [*WHO, "primary_need"]),
        count("CIN-N2", started, sent, WHO),
        count("CIN-N3", ended, sent, [*WHO, "closure_reason"]),
        count("CIN-N4", at_any_point, sent, WHO),
        count("CIN-N7", stock, sent, WHO, pl.col("is_disabled"), pl.lit(True)),
    ]


def _assessments(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    of_child = lives["assessments"].join(
        lives["episodes"].select("episode_id", "child_id", "la_code"), on="episode_id", maintain_order="left"
    )
    done = _described(in_years(of_child, "authorisation_date", sent), lives)
    done = done.with_columns(days=working_days(done, "start_date", "authorisation_date")).with_columns(
        working_day_band=band(pl.col("days"), WORKING_DAY_BANDS, "61 and over", "Unknown")
    )
    found = (
        done.join(lives["assessment_factors"], on="assessment_id", maintain_order="left")
        .filter(pl.col("factor") != "21")  # no factor was found
        .with_columns(factor=group_of("factor", "group_cin__assessment_factor", "factor_group", "Not a listed code"))
    )
    # an episode counts once, and once for each factor that any of the year's assessments found
    with_any = found.unique(["return_year", "episode_id"], maintain_order=True)
    with_this = found.unique(["return_year", "episode_id", "factor"], maintain_order=True)
    return [
        count("CIN-A1", done, sent, [*WHO, "working_day_band"]),
        count("CIN-A3", done, sent, WHO, pl.col("days") <= 45, pl.lit(True)),
        count("CIN-F", with_any, sent, []),
        count("CIN-F", with_this, sent, ["factor"]).filter(pl.col("breakdown") == "factor"),
    ]


def _enquiries(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    episodes = lives["episodes"]
    enquiries = lives["section_47s"].join(
        episodes.select("episode_id", "child_id", "la_code"), on="episode_id", maintain_order="left"
    )
    begun = in_years(enquiries, "start_date", sent).unique(["child_id", "start_date"], maintain_order=True)
    columns = ["child_id", "la_code", "conference_date", "clock_start"]
    # a child and day has one conference; its clock is that of the earliest enquiry, else of the notice of the move
    held = (
        pl.concat(
            [
                enquiries.rename({"start_date": "clock_start"}).select(columns, is_transfer=False),
                episodes.rename({"referral_date": "clock_start", "transfer_in_date": "conference_date"}).select(
                    columns, is_transfer=True
                ),
            ]
        )
        .sort("child_id", "conference_date", "is_transfer", "clock_start", nulls_last=True)
        .unique(["child_id", "conference_date"], keep="first", maintain_order=True)
    )
    held = _described(in_years(held, "conference_date", sent), lives)
    held = held.with_columns(days=working_days(held, "clock_start", "conference_date"))
    return [
        count("CIN-S1", _described(begun, lives), sent, WHO),
        count("CIN-S2", held, sent, WHO),
        count("CIN-S3", held, sent, WHO, pl.col("days") <= 15, pl.lit(True)),
    ]


def _plans(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    plans = (
        lives["cp_plans"]
        .join(lives["episodes"].select("episode_id", "child_id", "la_code"), on="episode_id", maintain_order="left")
        .unique(["child_id", "start_date"], maintain_order=True)
    )
    stock = (
        _described(open_at_year_end(plans, sent, "start_date", "end_date"), lives)
        .sort("child_id", "return_year", "start_date")
        .unique(["child_id", "return_year"], keep="last", maintain_order=True)
        .with_columns(
            duration=duration(pl.col("start_date"), YEAR_END),
            category_of_abuse=pl.coalesce("latest_category", "initial_category", pl.lit("Not stated")),
        )
    )
    started, ended = (_described(in_years(plans, day, sent), lives) for day in ("start_date", "end_date"))
    at_any_point = pl.concat([stock.select(*WHERE, *WHO), ended.select(*WHERE, *WHO)])
    return [
        count("CIN-P1", stock, sent, [*WHO, "duration", "category_of_abuse"]),
        count("CIN-P2", started, sent, WHO),
        count("CIN-P3", ended, sent, WHO),
        count("CIN-P4", at_any_point, sent, WHO),
        count("CIN-P5", started, sent, WHO, (pl.col("previous_plans") >= 1).fill_null(False), pl.lit(True)),
    ]
