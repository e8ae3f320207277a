"""Lives in need: referrals, episodes, assessments, enquiries and plans of every authority, in the published numbers.

What is published is met by quota (`synthetic.draw`): stocks, starts, re-referrals, sources, durations, factors,
conferences, plans. Children in care come from `synthetic.care`; each time in care lies within an episode of need.
"""

from functools import reduce

import numpy as np
import polars as pl

from synthetic import (
    draw,
    need_assessments,
    need_care,
    need_children,
    need_episodes,
    need_links,
    need_protection,
    targets,
)
from synthetic.need_days import first_day

TOPICS = ["need_referrals", "need_episodes", "need_assessments", "need_protection", "need_ethnicity"]
FROM_A_PLAN = 0.3  # of children who come into care, those who were on a protection plan
CHILDREN = [
    *("child_id", "person_id", "la_code", "la_child_id", "upn", "birth_date", "death_date", "sex", "ethnicity"),
    *("disabilities", "first_baby_date", "is_uasc", "household_id"),
]


def live(
    care: dict[str, pl.DataFrame], las: list[str], years: range, seed: int, scale: float
) -> dict[str, pl.DataFrame]:
    """The frames of lives in need, and `children`: those in care and all others.

    `care` is what `synthetic.care.live` gives. Frames: episodes, assessments, assessment_factors, section_47s,
    cin_plans, cp_plans, cp_reviews, children; their columns are those of the lives. Beside what the years hold there
    are episodes of the year before them, where the same child has a later one.
    """

    def rng(name: str) -> np.random.Generator:
        return draw.generator(seed, "need", name)

    wanted = wanted_figures(las, years, scale)
    simulated = range(years[0] - 1, years[-1] + 1)
    plans = need_protection.plans(wanted, simulated, rng("plans"))
    in_care = need_care.spells(care, las, rng("care"))
    in_care, plans = need_care.with_plans(in_care, plans, years, FROM_A_PLAN, rng("care and plans"))
    episodes = need_episodes.make(in_care, plans, wanted, simulated, rng("episodes"))
    episodes = _with_children(episodes, in_care, care["children"], wanted, simulated, rng("links"))
    new = need_children.described(episodes, wanted, simulated, care["children"], rng("children"))
    children = pl.concat([care["children"].select(CHILDREN), new], how="diagonal").sort("child_id")
    births = children.select("child_id", "is_uasc", birth=pl.col("birth_date").cast(pl.Int32))
    episodes = episodes.join(births, on="child_id", how="left", maintain_order="left").with_columns(
        age_at_end=(pl.col("closed") - pl.col("birth")) / need_children.YEAR,
    )
    episodes = episodes.with_columns(
        primary_need=need_children.primary_needs(episodes, wanted, simulated, rng("needs")),
        closure_reason=need_children.closure_reasons(episodes, wanted, simulated, rng("reasons")),
    )
    children = children.with_columns(
        disabilities=need_children.disabilities(children, episodes, wanted, simulated, rng("disabilities")),
        death_date=_deaths(children, episodes),
    )
    assessments = need_assessments.make(episodes, wanted, simulated, rng("assessments"))
    about = episodes.select("episode_id", pl.col("is_uasc").fill_null(False))
    factors = need_assessments.factors(assessments, about, wanted, simulated, rng("factors"))
    enquiries = need_protection.enquiries(episodes, plans, wanted, simulated, rng("enquiries"))
    plans = need_protection.categories(plans, wanted, simulated, rng("categories"))
    plans = plans.join(episodes.select("plan_id", "episode_id", "child_id"), on="plan_id", maintain_order="left")
    plans = plans.sort("plan_id")
    plans = plans.with_columns(previous_plans=need_protection.previous_plans(plans, wanted, rng("again")))
    reviews = need_protection.reviews(plans, wanted, simulated, rng("reviews"))
    cin_plans = need_protection.cin_plans(episodes, plans, wanted, simulated, rng("cin plans"))
    return _finished(
        episodes, children, care["children"], assessments, factors, enquiries, plans, reviews, cin_plans, years
    )


def wanted_figures(las: list[str], years: range, scale: float) -> pl.DataFrame:
    """The published figures of all topics, from two years before the first year to one after the last."""
    span = range(years[0] - 2, years[-1] + 2)
    tables = [targets.wanted(topic, las, span, scale) for topic in TOPICS]
    return reduce(lambda one, other: one.join(other, on=targets.KEYS, maintain_order="left"), tables)


def _with_children(
    episodes: pl.DataFrame, in_care: pl.DataFrame, care_children: pl.DataFrame, wanted: pl.DataFrame, years: range, rng
) -> pl.DataFrame:
    """The episodes with `child_id`, `is_new` (not a child of CARE's), `is_last` (of the child) and the need in care."""
    about = in_care.select(
        *("child_id", "birth", "need", "is_uasc"), care_key="key", settled="closure_reason", last_in_care="is_last"
    )
    rows = episodes.join(about, on="care_key", how="left", maintain_order="left")
    held = pl.col("care_key").is_not_null()
    rows = rows.with_columns(
        may_follow=~held & (pl.col("start_year") >= years[0]) & ~pl.col("is_transfer").fill_null(False),
        may_precede=~held | (pl.col("last_in_care") & ~pl.col("settled").is_in(["RC1", "RC2"]).fill_null(False)),
        until=(pl.col("birth") + 6000).fill_null(pl.col("opened") + 5500),
    )
    earlier = need_links.earlier_referrals(rows, wanted, years, rng)
    root = need_links.first_referrals(earlier)
    roots = rows.select("child_id", row=pl.int_range(pl.len(), dtype=pl.Int64))[root]
    base = (care_children["child_id"].max() or 0) + 1
    number = pl.col("row").rank("dense").cast(pl.Int64) - 1
    child = roots.select(child_id=pl.coalesce("child_id", base + number), is_new=pl.col("child_id").is_null())
    has_later = np.zeros(rows.height, dtype=bool)
    has_later[earlier[earlier >= 0]] = True
    return rows.drop(
        "child_id", "birth", "is_uasc", "settled", "last_in_care", "may_follow", "may_precede", "until"
    ).with_columns(
        child["child_id"],
        child["is_new"],
        is_last=pl.Series(~has_later),
    )


def _deaths(children: pl.DataFrame, episodes: pl.DataFrame) -> pl.Series:
    died = episodes.filter(closure_reason="RC2").select("child_id", died=pl.col("closed").cast(pl.Date))
    rows = children.join(died.unique("child_id", maintain_order=True), on="child_id", how="left", maintain_order="left")
    return rows.select(pl.coalesce("death_date", "died"))["death_date"]


def _finished(
    episodes, children, care_children, assessments, factors, enquiries, plans, reviews, cin_plans, years
) -> dict:
    """The frames as others read them, without children of whom the years know nothing."""
    since = pl.select(first_day(pl.lit(years[0]))).item()
    ends = pl.when(kind="nfa").then("opened").otherwise("closed")
    lasts = ends.is_null().any() | (ends.max() >= since)
    seen = episodes.group_by("child_id", maintain_order=True).agg(is_seen=lasts)
    seen = seen.filter(pl.col("is_seen") | pl.col("child_id").is_in(care_children["child_id"].implode()))
    episodes = episodes.filter(pl.col("child_id").is_in(seen["child_id"].implode()))
    plans = plans.filter(pl.col("episode_id").is_in(episodes["episode_id"].implode()))
    moved = plans.filter("is_transfer").select("episode_id", transfer_in="opened")
    episodes = episodes.join(moved, on="episode_id", how="left", maintain_order="left")
    known = pl.concat([seen["child_id"], care_children["child_id"]]).unique()
    ids = episodes["episode_id"].implode()

    def day(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Date)

    assessments = assessments.filter(pl.col("episode_id").is_in(ids))
    plans = plans.sort("episode_id", "plan_id")
    return {
        "children": children.filter(pl.col("child_id").is_in(known.implode())).select(CHILDREN),
        "episodes": episodes.select(
            *("episode_id", "child_id", "la_code"),
            referral_date=day("opened"),
            source="source",
            is_nfa=pl.col("kind") == "nfa",
            primary_need="primary_need",
            closure_date=day("closed"),
            closure_reason="closure_reason",
            transfer_in_date=day("transfer_in"),
        ),
        "assessments": assessments.select(
            "assessment_id",
            "episode_id",
            start_date=day("opened"),
            review_date=day("review"),
            authorisation_date=day("closed"),
        ),
        "assessment_factors": factors.filter(pl.col("assessment_id").is_in(assessments["assessment_id"].implode())),
        "section_47s": enquiries.filter(pl.col("episode_id").is_in(ids)).select(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("section_47_id"),
            "episode_id",
            start_date=day("opened"),
            target_date=pl.when(pl.col("conference").is_not_null()).then(day("target")),
            conference_date=day("conference"),
            is_conference_not_required=pl.col("conference").is_null(),
        ),
        "cin_plans": cin_plans.filter(pl.col("episode_id").is_in(ids)).select(
            "episode_id", start_date=day("opened"), end_date=day("closed")
        ),
        "cp_plans": plans.select(
            *("plan_id", "episode_id"),
            start_date=day("opened"),
            end_date=day("closed"),
            initial_category="initial_category",
            latest_category="latest_category",
            previous_plans="previous_plans",
        ),
        "cp_reviews": reviews.filter(pl.col("plan_id").is_in(plans["plan_id"].implode())).select(
            "plan_id", review_date=day("day")
        ),
    }
