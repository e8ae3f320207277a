"""Lives in care of every authority: who is looked after, where, why, and what goes with it.

Numbers follow what was published for each authority and year (`care_plan`); everything else is by lot.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from loaders import spec
from synthetic import (
    care_around,
    care_episodes,
    care_leavers,
    care_plan,
    care_short_breaks,
    care_year,
    care_yearly,
    draw,
    targets,
)
from synthetic.care_around import dates, numbers
from synthetic.care_lots import apportion, pick
from synthetic.care_plan import FAMILIES, Plan
from synthetic.care_rows import Rows, Story, birthday, day
from synthetic.care_weights import WEIGHTS

BOYS_WHO_LEFT, BOYS_WITH_SHORT_BREAKS = 0.6, 0.68
DISABLED, MOTHERS = 0.08, 0.05  # of those not looked after because of it; of girls of 16 and 17 in care


def live(las: Sequence[str], years: Sequence[int], seed: int, scale: float = 1.0) -> dict[str, pl.DataFrame]:
    """The frames of children in care, short breaks and care leavers, as they are eventually known.

    `las` are ONS codes, `years` return years without gaps, `scale` multiplies the published numbers. Each row holds
    what is eventually known; ids count from 1 within a frame. The frames: `children`, `periods`, `care_episodes`,
    `care_reviews`, `missing`, `uasc`, `health`, `leavers`, `adoptions`, `adoption_decisions`, `previous_permanence`
    and `social_workers`.
    """
    years = list(years)
    plan, story = care_plan.make(las, years, scale), Story()
    stock = care_year.first_stock(plan, day(years[0] - 1, 3, 31), draw.generator(seed, "care", "first"), story)
    former = None
    for at, year in enumerate(years, start=1):
        stock, former = care_year.live(plan, at, stock, former, draw.generator(seed, "care", year), story)
    last_day = day(years[-1], 3, 31)
    periods = care_episodes.periods(story, plan.las)
    children = _children(story, plan.las, draw.generator(seed, "care", "children"))
    rng = draw.generator(seed, "care", "episodes")
    lives = {
        "children": children,
        "periods": periods,
        "care_episodes": care_episodes.episodes(story, periods, children, last_day, rng),
    }
    lives |= _alongside(lives, plan.las, day(years[0] - 1, 4, 1), last_day, seed)
    lives["missing"] = care_yearly.missing(lives, plan.las, years, seed, scale)
    lives["health"] = care_yearly.health(lives, plan.las, years, seed)
    lives["leavers"], earlier = care_leavers.live(lives, plan.las, years, seed, scale)
    lives = _with_earlier_leavers(lives, earlier, plan, draw.generator(seed, "care", "earlier"))
    lives = _with_short_breaks(lives, plan, years, draw.generator(seed, "care", "short breaks"))
    return _with_happenings(lives, draw.generator(seed, "care", "happenings"))


def _children(story: Story, las: list[str], rng: np.random.Generator) -> pl.DataFrame:
    """Who the children are, in the order of their ids."""
    told = story.frame("children").sort("child")
    uasc, group = told["uasc"].to_numpy(), told["ethnicity"].to_numpy()
    return told.select(
        child_id=pl.col("child").cast(pl.Int64),
        la_code=pl.Series(np.array(las)[told["la"].to_numpy()], dtype=pl.String),
        birth_date=dates(told["birth"].to_numpy()),
        sex=pl.Series(np.array(["M", "F"])[told["sex"].to_numpy()], dtype=pl.String),
        ethnicity=pl.Series(_ethnicities(group, uasc, rng), dtype=pl.String),
        is_uasc="uasc",
    )


def _ethnicities(group: np.ndarray, uasc: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Codes of ethnicity for positions in the plan's family."""
    code = np.full(len(group), "", dtype="U4")
    for table, own in (("ethnicity", ~uasc), ("ethnicity_uasc", uasc)):
        for number, name in enumerate(FAMILIES["ethnicity"][2]):
            rows = np.flatnonzero(own & (group == number))
            code[rows] = pick(WEIGHTS[table][name], len(rows), rng)
    return code


def _others(plan: Plan, rows: Rows, male: float, rng: np.random.Generator) -> pl.DataFrame:
    """Who the children are whose care is not counted in the plan: of `child`, `la` and `birth`."""
    number = np.bincount(rows["la"], minlength=len(plan.las))
    groups = apportion(plan.shares["ethnicity"][:, 0], number)
    group = np.zeros(len(rows["la"]), dtype=int)
    group[np.argsort(rows["la"], kind="stable")] = np.repeat(
        np.tile(np.arange(groups.shape[1]), len(number)), groups.ravel()
    )
    sex = np.where(rng.random(len(group)) < male, "M", "F")
    return pl.DataFrame(
        {
            "child_id": pl.Series(rows["child"], dtype=pl.Int64),
            "la_code": pl.Series(np.array(plan.las)[rows["la"]], dtype=pl.String),
            "birth_date": dates(rows["birth"]),
            "sex": pl.Series(sex, dtype=pl.String),
            "ethnicity": pl.Series(_ethnicities(group, np.zeros(len(group), dtype=bool), rng), dtype=pl.String),
            "is_uasc": pl.Series(np.zeros(len(group), dtype=bool)),
        }
    )


def _alongside(lives: dict[str, pl.DataFrame], las: list[str], first: int, last: int, seed: int):
    """The frames that follow from periods and episodes one by one."""
    periods, episodes = lives["periods"], lives["care_episodes"]
    people = periods.join(lives["children"], on="child_id", how="left", maintain_order="left")
    birth = numbers(people, "birth_date")
    table = pl.read_csv(spec.PROJECT / "seeds/reference/local_authorities.csv", infer_schema=False)
    authorities = table.filter(pl.col("la_code").is_in(las)).select("la_code", "dfe_la_code")

    def rng(name: str) -> np.random.Generator:
        return draw.generator(seed, "care", name)

    alone = people.filter("is_uasc").group_by("child_id", maintain_order=True)
    decisions = care_around.adoption_decisions(episodes, rng("decisions"))
    return {
        "care_reviews": care_around.reviews(periods, birth, first, last, rng("reviews")),
        "social_workers": care_around.social_workers(
            periods, _three_workers(periods, las), first, last, rng("workers")
        ),
        "uasc": alone.agg(pl.col("start_date").min(), pl.col("end_date").last()),
        "adoptions": care_around.adoptions(decisions, episodes, rng("adopters")),
        "adoption_decisions": decisions.drop("period_id"),
        "previous_permanence": care_around.previous_permanence(periods, birth, authorities, rng("permanence")),
    }


def _three_workers(periods: pl.DataFrame, las: list[str]) -> np.ndarray:
    """For each period of care, the published share of children with three social workers or more in a year."""
    number = targets.wanted("looked_after_in_year", las, [2024])["n_three_workers"].to_numpy()
    share = number / np.maximum(targets.wanted("looked_after", las, [2024])["n_looked_after"].to_numpy(), 1)
    return share[np.searchsorted(las, periods["la_code"].to_numpy())]


def _after(frame: pl.DataFrame, name: str) -> int:
    """The id that follows those of a frame."""
    return (frame[name].max() or 0) + 1


def _with_earlier_leavers(lives: dict[str, pl.DataFrame], earlier: Rows, plan: Plan, rng) -> dict[str, pl.DataFrame]:
    """The lives with those who had left care before the first year."""
    before = care_leavers.before_the_years(earlier, plan.las, _after(lives["periods"], "period_id"), rng)
    return _add(lives, {"children": _others(plan, earlier, BOYS_WHO_LEFT, rng), **before})


def _with_short_breaks(lives: dict[str, pl.DataFrame], plan: Plan, years: list[int], rng) -> dict[str, pl.DataFrame]:
    """The lives with short breaks."""
    first, last = day(years[0] - 1, 4, 1), day(years[-1], 3, 31)
    ids = _after(lives["children"], "child_id"), _after(lives["periods"], "period_id")
    children, rows = care_short_breaks.live(plan.stock[:, 0], years, first, last, *ids, rng)
    told = care_short_breaks.frames(rows, plan.las, rng)
    return _add(lives, {"children": _others(plan, children, BOYS_WITH_SHORT_BREAKS, rng), **told})


def _add(lives: dict[str, pl.DataFrame], more: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames with rows added."""
    return lives | {name: pl.concat([lives[name], frame.select(lives[name].columns)]) for name, frame in more.items()}


def _with_happenings(lives: dict[str, pl.DataFrame], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The lives with disabilities, first babies and deaths, and children in the columns that all lives share."""
    periods = lives["periods"]
    by_child = periods.group_by("child_id", maintain_order=True).agg(
        is_disabled=(pl.col("need") == "N2").any(),
        died=pl.col("end_date").filter(pl.col("reason_ceased") == "E2").max(),
        left=pl.col("end_date").fill_null(pl.date(2200, 1, 1)).max(),
        began=pl.col("start_date").min(),
    )
    children = lives["children"].join(by_child, on="child_id", how="left", maintain_order="left").sort("child_id")
    number = children.height
    disabled = children["is_disabled"].to_numpy() | (rng.random(number) < DISABLED)
    drawn = np.stack([pick(WEIGHTS["disability"], number, rng) for _ in range(3)], axis=1)
    how_many = np.where(disabled, 1 + rng.integers(0, 3, number), 0)
    birth = numbers(children, "birth_date")
    baby = birthday(birth, 16) + rng.integers(-120, 700, number)
    mother = (children["sex"] == "F").to_numpy() & (rng.random(number) < MOTHERS)
    mother &= (baby < numbers(children, "left")) & (baby > numbers(children, "began"))
    children = children.with_columns(
        codes=pl.Series(drawn.tolist(), dtype=pl.List(pl.String)),
        how_many=pl.Series(how_many),
        baby=pl.when(pl.Series(mother)).then(dates(baby)),
    )
    lives["children"] = children.select(
        "child_id",
        "la_code",
        "birth_date",
        "sex",
        "ethnicity",
        "is_uasc",
        person_id="child_id",
        household_id="child_id",
        la_child_id=pl.lit(None, dtype=pl.String),
        upn=pl.lit(None, dtype=pl.String),
        death_date="died",
        disabilities=pl.col("codes").list.head(pl.col("how_many")).list.unique().list.sort(),
        first_baby_date="baby",
    ).select(
        *["child_id", "person_id", "la_code", "la_child_id", "upn", "birth_date", "death_date", "sex", "ethnicity"],
        *["disabilities", "first_baby_date", "is_uasc", "household_id"],
    )
    return lives
