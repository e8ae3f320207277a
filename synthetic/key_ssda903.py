"""The answer key's counts of the looked-after return: from lives in care, by the definitions of the measures.

Everything is counted as it was known on the 31 March of the return: what lies after it has not happened yet.
"""

import polars as pl

from synthetic.key_counts import (
    WHERE,
    WHO,
    YEAR_END,
    YEAR_START,
    age,
    band,
    count,
    flagged,
    group_of,
    in_years,
    open_at_year_end,
    touching_year,
    with_children,
)

SHORT_BREAKS = ["V3", "V4"]
AGE_BANDS = [(0, "under 1"), (4, "1 to 4"), (9, "5 to 9"), (15, "10 to 15")]
AGES_WHEN_LEAVING = [*AGE_BANDS, (16, "16"), (17, "17")]
SPLIT_BY = ["category_of_need", "legal_status", "placement", "provider"]


def counts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """Numerators and denominators of what the return counts, for the returns in `sent` (`la_code`, `return_year`).

    Columns `measure_id`, `la_code`, `return_year`, `breakdown`, `breakdown_value`, `numerator`, `denominator`.
    """
    themes = (_looked_after, _flows, _in_year, _leavers)
    return pl.concat([counted for theme in themes for counted in theme(lives, sent)])


def placements(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Placements in order: episodes of care between which only the legal status changed, short breaks left out.

    Columns `placement_id` (in the order of child and start), `child_id`, `la_code`, `period_id`, `start_date`,
    `end_date`, `rne` (how it began), `placement_type`, `provider`, `urn`, `placement_postcode`.
    """
    episodes = _episodes(lives).sort("child_id", "period_id", "start_date", "end_date", nulls_last=True)
    is_new = (pl.col("rne") != "L") | (pl.col("period_id") != pl.col("period_id").shift()).fill_null(True)
    what = ["placement_type", "provider", "urn", "placement_postcode"]
    return (
        episodes.with_columns(placement_id=is_new.cum_sum().cast(pl.Int64))
        .group_by("placement_id", "child_id", "la_code", "period_id", maintain_order=True)
        .agg(pl.col("start_date").first(), pl.col("end_date").last(), pl.col("rne").first(), pl.col(what).last())
    )


def _episodes(lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The episodes of care, with authority, short breaks left out."""
    episodes = lives["care_episodes"].filter(~pl.col("legal_status").is_in(SHORT_BREAKS))
    return episodes.join(lives["periods"].select("period_id", "la_code"), on="period_id", maintain_order="left")


def _described(things: pl.DataFrame, lives: dict[str, pl.DataFrame], day: pl.Expr = YEAR_END) -> pl.DataFrame:
    """Things with sex and ethnic group of the child, and the age band of a day."""
    return with_children(things, lives["children"]).with_columns(
        sex=pl.col("sex").fill_null("U"),
        age_band=band(age(day), AGE_BANDS, "16 and over", "unknown"),
        ethnicity=group_of("ethnicity", "group_ethnicity", "ethnicity_group", "Unknown"),
    )


def _looked_after(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    stock = (
        open_at_year_end(_episodes(lives), sent, "start_date", "end_date")
        .sort("child_id", "return_year", "start_date")
        .unique(["child_id", "return_year"], keep="last", maintain_order=True)
    )
    stock = _described(_with_lasting_placement(stock, lives), lives).with_columns(
        category_of_need=pl.col("need").fill_null("Not stated"),
        legal_status=group_of("legal_status", "group_ssda903__legal_status", "legal_status_group", "Unknown"),
        placement=group_of("placement_type", "group_ssda903__placement_type", "placement_group", "Unknown"),
        provider=group_of("provider", "group_ssda903__placement_provider", "placement_provider_group", "Not reported"),
    )
    uasc = lives["uasc"].join(lives["children"].select("child_id", "la_code").unique(), on="child_id")
    alone = open_at_year_end(uasc, sent, "start_date", "end_date").select("child_id", "return_year", is_alone=True)
    stock = stock.join(alone.unique(), on=["child_id", "return_year"], how="left", maintain_order="left").join(
        _placements_in_year(lives, sent), on=["child_id", "return_year"], how="left", maintain_order="left"
    )
    return [
        count("CLA-1", stock, sent, [*WHO, *SPLIT_BY]),
        count("CLA-13", stock, sent, WHO, pl.col("placements_in_year") >= 3, pl.lit(True)),
        count("CLA-16", stock, sent, WHO, pl.col("is_alone").fill_null(False), pl.lit(True)),
    ]


def _with_lasting_placement(stock: pl.DataFrame, lives: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Episodes with the placement underneath: that of the latest episode of the period that was not temporary."""
    temporary = flagged("group_ssda903__placement_type", "is_temporary")
    lasting = (
        lives["care_episodes"]
        .filter(~pl.col("placement_type").is_in(temporary))
        .select("period_id", "start_date", lasting_type="placement_type", lasting_provider="provider")
        .sort("start_date", "period_id")
    )
    found = stock.sort("start_date", "child_id").join_asof(
        lasting, on="start_date", by="period_id", check_sortedness=False
    )
    return found.with_columns(
        placement_type=pl.coalesce("lasting_type", "placement_type"), provider=pl.col("lasting_provider")
    )


def _placements_in_year(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """How many placements each child had in each year: `child_id`, `return_year`, `placements_in_year`.

    Left out are temporary placements, those of no day, the return from a temporary one to the placement before
    it, and adoption by the foster carer the child already lives with.
    """
    types = "group_ssda903__placement_type"
    every = placements(lives).with_columns(
        is_temporary=pl.col("placement_type").is_in(flagged(types, "is_temporary")),
        is_same_carer=pl.col("placement_type").is_in(flagged(types, "is_adoption_by_foster_carer"))
        & pl.col("rne").is_in(["T", "U"]),
    )
    every = every.with_columns(is_after_temporary=pl.col("is_temporary").shift().over("period_id").fill_null(False))
    in_year = (
        every.join(sent, on="la_code", maintain_order="left")
        .filter(
            pl.col("start_date") <= YEAR_END,
            pl.col("end_date").is_null() | (pl.col("end_date") > YEAR_START),
            pl.col("end_date").is_null() | (pl.col("end_date") > pl.col("start_date")),
            ~pl.col("is_temporary"),
        )
        .sort("return_year", "period_id", "start_date")
    )

    def earlier(name: str) -> pl.Expr:
        return pl.col(name).shift().over("return_year", "period_id")

    is_same_place = (
        (pl.col("placement_type") == earlier("placement_type"))
        & pl.col("provider").eq_missing(earlier("provider"))
        & (pl.col("urn") == earlier("urn")).fill_null(True)
        & (pl.col("placement_postcode") == earlier("placement_postcode")).fill_null(True)
    )
    counted = in_year.with_columns(
        is_first=earlier("placement_id").is_null(),
        is_return=pl.col("is_after_temporary") & is_same_place.fill_null(False),
    ).filter(pl.col("is_first") | ~(pl.col("is_return") | pl.col("is_same_carer")))
    return counted.group_by("child_id", "return_year", maintain_order=True).len("placements_in_year")


def _flows(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    periods = lives["periods"].filter(~pl.col("is_short_breaks"))
    once = ["child_id", "return_year"]
    starts = in_years(periods, "start_date", sent).sort("start_date", "period_id")
    starts = _described(starts.unique(once, keep="first", maintain_order=True), lives, pl.col("start_date"))
    ends = in_years(periods, "end_date", sent).sort("end_date", "period_id")
    ends = _described(ends.unique(once, keep="last", maintain_order=True), lives).with_columns(
        age_band=band(age(pl.col("end_date")), AGES_WHEN_LEAVING, "18 and over", "unknown"),
        reason_ceased=group_of("reason_ceased", "group_ssda903__reason_ceased", "reason_ceased_group", "Unknown"),
    )
    return [count("CLA-2", starts, sent, WHO), count("CLA-3", ends, sent, [*WHO, "reason_ceased"])]


def _in_year(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    keys = ["child_id", "return_year"]
    children = touching_year(_episodes(lives), sent, "start_date", "end_date").unique(keys, maintain_order=True)
    of_child = lives["missing"].join(lives["children"].select("child_id", "la_code").unique(), on="child_id")
    incidents = touching_year(of_child.filter(pl.col("missing") == "M"), sent, "start_date", "end_date")
    number = incidents.unique([*keys, "start_date"]).group_by(keys).len("incidents")
    children = _described(children.join(number, on=keys, how="left", maintain_order="left"), lives)
    incidents, went_missing = pl.col("incidents").fill_null(0), pl.col("incidents").is_not_null()
    return [
        count("CLA-4", children, sent, WHO),
        count("CLA-32", children, sent, WHO, went_missing, pl.lit(True)),
        count("CLA-33", children, sent, WHO, incidents, went_missing),
    ]


def _leavers(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    """Care leavers of 17 to 21; not who died, went home, only had short breaks, or passed to another authority."""
    told = lives["leavers"].join(lives["children"].select("child_id", "la_code").unique(), on="child_id")
    told = told.with_columns(pl.col("return_year").cast(pl.Int32)).join(sent, on=WHERE, maintain_order="left")
    care = (
        told.select("child_id", "return_year")
        .join(lives["periods"], on="child_id", maintain_order="left")
        .filter(pl.col("start_date") <= YEAR_END)
        .sort("child_id", "return_year", "start_date")
        .group_by("child_id", "return_year", maintain_order=True)
        .agg(
            is_short_breaks_only=pl.col("is_short_breaks").all(),
            passed_on=((pl.col("reason_ceased") == "E3") & (pl.col("end_date") <= YEAR_END))
            .filter(~pl.col("is_short_breaks"))
            .last(),
        )
    )
    told = told.join(care, on=["child_id", "return_year"], how="left", maintain_order="left")
    gone = pl.col("in_touch").is_in(["DIED", "RHOM"]) | pl.col("is_short_breaks_only") | pl.col("passed_on")
    years = age(YEAR_END)
    cohort = (
        _described(told, lives)
        .filter(years.is_between(17, 21), ~gone.fill_null(False))
        .with_columns(age_band=band(years, [(18, "17-18")], "19-21", "unknown"))
    )
    activity = pl.col("activity").fill_null("0")
    is_in_work, is_not = activity.str.contains("^[FP]"), activity.is_in(["G4", "G5", "G6"])
    accommodation = pl.col("accommodation").fill_null("0")
    housed = cohort.filter(~accommodation.str.contains("^[GHR]"))
    every = pl.lit(True)
    return [
        count("CL-1", cohort, sent, WHO, (pl.col("in_touch") == "YES").fill_null(False), every),
        count("CL-3", cohort, sent, WHO, is_in_work, every),
        count("CL-4", cohort, sent, WHO, is_not, every),
        count("CL-5", cohort, sent, WHO, ~is_in_work & ~is_not, every),
        count("CL-8", housed, sent, WHO, accommodation.str.ends_with("1"), every),
    ]
