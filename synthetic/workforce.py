"""Lives of social workers: who they are, their posts, and what the workforce census (CSWW) counts of them each year.

On 30 September of each year an authority has as many workers and agency workers as was published, full-time
equivalents and cases as many as theirs; as many start and leave in the year. Published starters and leavers do not
add up to the change in post: the difference is posts that were counted late, or dropped out without having been
ended, as in real returns (`counted_from`, `counted_to`). A return of year y covers 1 October y - 1 to 30 September y.
Richmond upon Thames has no workers of its own: Kingston upon Thames returns them.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from synthetic import draw, fit, targets, workforce_years

# own guesses, not calibrated: the shares of codes of where workers come from, where they go, and why
ORIGIN = {"1": 25, "2": 25, "3": 8, "4": 15, "5": 5, "6": 6, "7": 5, "8": 3, "9": 5, "10": 3}
DESTINATION = {"1": 30, "2": 4, "3": 15, "4": 7, "5": 5, "6": 12, "7": 6, "8": 15, "9": 6}
REASON = {"1": 76, "2": 1, "4": 2, "5": 5, "7": 6, "8": 5, "9": 4, "10": 1}
OTHER_AUTHORITY, TO_AGENCY = "1", "3"  # destinations
FROM_AUTHORITY, NEWLY_QUALIFIED = "2", "1"  # origins
AGENCY_STAYS = 0.35  # of an authority's agency workers, the share still there a year later
UNKNOWN_ETHNICITY = {"NOBT": 0.11, "REFU": 0.05}
ETHNICITY = {
    "white": {"WBRI": 72, "WIRI": 6, "WOTH": 22},
    "mixed": {"MWBC": 45, "MWBA": 15, "MWAS": 15, "MOTH": 25},
    "asian": {"AIND": 40, "APKN": 20, "ABAN": 22, "AOTH": 18},
    "black": {"BAFR": 58, "BCRB": 34, "BOTH": 8},
    "other": {"CHNE": 20, "OOTH": 80},
}
WOMEN = 0.83
LOTS = ["senior_lot", "hours_lot", "cases_lot"]  # how senior, whether part-time, whether with cases


def live(las: Sequence[str], years: Sequence[int], seed: int, scale: float) -> dict[str, pl.DataFrame]:
    """The lives of workers, by table. `years` are return years: that of the 30 September that a return is about.

    workers: worker_id, swe_number, sex, birth_date, ethnicity, qualification_level, is_step_up, is_frontline.
    worker_posts: post_id, worker_id, la_code, is_agency, start_date, end_date (the last day; null: still there, or
    never said), start_origin, leaver_destination, reason_leave, first_year and last_year (the returns that count the
    post as filled on 30 September; a null last_year: all later ones).
    worker_years: post_id, la_code, return_year, kind (in_post, leaver, agency), org_role, fte, fte_before (a year
    earlier), cases, working_days_lost, absence_reason (null: at work on 30 September), contract_weeks, base_salary.
    workforce: la_code, return_year, vacancies_fte, agency_cover_fte, agency_cover_headcount, and the pay items of 2025.
    Codes are those of CSWW; `fte` in full-time equivalents. A person in two authorities is one worker with two posts.
    """
    every = range(years[0] - 1, years[-1] + 1)
    wanted = _wanted(las, every, scale)
    posts = _first(wanted.filter(return_year=every[0]), every[0], seed)
    ended = []
    for year in every[1:]:
        posts, gone = _year(posts, wanted.filter(return_year=year), year, _count(posts, *ended), seed)
        ended.append(gone)
    own = pl.concat([*ended, posts], how="diagonal_relaxed")
    agency = _agencies(wanted, own, seed)
    columns = own.columns
    posts = pl.concat([own.with_columns(is_agency=pl.lit(False)), agency], how="diagonal_relaxed").sort(
        "la_code", "is_agency", "start_date", "worker_id"
    )
    posts = posts.select(*columns, "is_agency", "contract_weeks").with_row_index("post_id", offset=1)
    posts = posts.with_columns(pl.col("post_id").cast(pl.Int64))
    mix = targets.wanted("workforce_mix", las, [2022], 1.0)
    workers = _workers(posts, mix, seed)
    asked = wanted.filter(pl.col("return_year") >= years[0])
    return {
        "workers": workers,
        "worker_posts": posts.select(
            *("post_id", "worker_id", "la_code", "is_agency", "start_date", "end_date", "start_origin"),
            *("leaver_destination", "reason_leave", "first_year", "last_year"),
        ),
        "worker_years": workforce_years.years(posts, wanted, mix, seed).filter(pl.col("return_year") >= years[0]),
        "workforce": workforce_years.of_authorities(asked, seed),
    }


def _count(*frames: pl.DataFrame) -> int:
    """How many workers there are so far."""
    return max([0, *(frame["worker_id"].max() or 0 for frame in frames)])


def _wanted(las: Sequence[str], years: range, scale: float) -> pl.DataFrame:
    """The targets, with full-time equivalents and days scaled as the heads are whom they are of."""
    part, full = (targets.wanted("workforce", las, list(years), times) for times in (scale, 1.0))
    heads = {
        "x_in_post_fte": "n_in_post",
        "x_agency_fte": "n_agency",
        "x_days_lost": "n_in_post",
        "x_case_holders_fte": "n_cases",
        "x_agency_cover_fte": "n_agency",
        "x_vacancies_fte": "n_in_post",
    }
    for column, heads_column in heads.items():
        ratio = (full[column] / full[heads_column]).fill_nan(0.0).replace(float("inf"), 0.0)
        part = part.with_columns((pl.col(heads_column) * ratio).alias(column))
    return part


def _first(wanted: pl.DataFrame, year: int, seed: int) -> pl.DataFrame:
    """The posts on the first 30 September, with starts in the past."""
    rng = draw.generator(seed, "workforce", "first")
    rows = fit.spread(wanted.select("la_code", size="n_in_post"))
    days = (30 + rng.exponential(5 * 365, rows.height)).clip(max=30 * 365).astype(int)
    return _new(rows, draw.add_days(pl.lit(date(year, 9, 30)), -days), year, 0, rng)


def _new(rows: pl.DataFrame, start: pl.Expr, year: int, workers: int, rng: np.random.Generator) -> pl.DataFrame:
    """Posts that begin to be counted in a year, each of a new worker; what stays with a worker is drawn by lot."""
    lots = [pl.Series(name, rng.random(rows.height)) for name in LOTS]
    return rows.with_columns(*lots).with_columns(
        worker_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + workers,
        start_date=start,
        start_origin=_lots(ORIGIN, rows.height, rng),
        first_year=pl.lit(year, pl.Int32),
        last_year=pl.lit(None, pl.Int32),
        end_date=pl.lit(None, pl.Date),
        leaver_destination=pl.lit(None, pl.String),
        reason_leave=pl.lit(None, pl.String),
    )


def _lots(shares: dict[str, float], size: int, rng: np.random.Generator) -> pl.Series:
    weights = np.array(list(shares.values()), float)
    return pl.Series(rng.choice(list(shares), size, p=weights / weights.sum()), dtype=pl.String)


def _year(
    posts: pl.DataFrame, wanted: pl.DataFrame, year: int, workers: int, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The posts on 30 September of a year, and those of the year before that are no more."""
    rng = draw.generator(seed, "workforce", "year", year)
    opening = date(year - 1, 10, 1)
    had = posts.group_by("la_code", maintain_order=True).len("had")
    sizes = wanted.join(had, on="la_code", how="left", maintain_order="left")
    sizes = sizes.with_columns(pl.col("had").fill_null(0).cast(pl.Int64))
    sizes = sizes.with_columns(
        leave=pl.min_horizontal("n_leavers", "had"), start=pl.min_horizontal("n_starters", "n_in_post")
    )
    unexplained = pl.col("n_in_post") - pl.col("had") + pl.col("leave") - pl.col("start")
    sizes = sizes.with_columns(late=unexplained.clip(0), lost=(-unexplained).clip(0))
    leaves = draw.choose(posts, sizes.select("la_code", size="leave"), ["la_code"], rng)
    gone, stay = posts.filter(leaves), posts.filter(~leaves)
    is_lost = draw.choose(stay, sizes.select("la_code", size="lost"), ["la_code"], rng)
    lost, stay = stay.filter(is_lost), stay.filter(~is_lost)
    gone = gone.with_columns(
        end_date=draw.add_days(pl.lit(opening), rng.integers(0, 365, gone.height)),
        leaver_destination=_lots(DESTINATION, gone.height, rng),
        reason_leave=_lots(REASON, gone.height, rng),
    )
    gone = pl.concat([gone, lost]).with_columns(last_year=pl.lit(year - 1, pl.Int32))
    kinds = [fit.spread(sizes.select("la_code", size=name, kind=pl.lit(name))) for name in ("start", "late")]
    rows = pl.concat(kinds).sort("la_code", "kind")
    starts = pl.col("kind") == "start"
    within = pl.Series(rng.integers(0, 365, rows.height))
    days = pl.when(starts).then(within).otherwise(-pl.Series(rng.integers(30, 1500, rows.height)))
    new = _new(rows, draw.add_days(pl.lit(opening), days), year, workers, rng)
    may = starts & (pl.col("start_origin") == FROM_AUTHORITY)
    new = _same_person(new, may, gone.filter(leaver_destination=OTHER_AUTHORITY), rng)
    return pl.concat([stay, new.select(stay.columns)]), gone


def _same_person(new: pl.DataFrame, may: pl.Expr, gone: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The new posts; some of those that `may` are of a worker who left another authority before, each once."""
    lots = new.with_row_index("row").with_columns(lot=pl.Series(rng.random(new.height)))
    slots = lots.filter(may).select("row", "la_code", "start_date", turn=pl.col("lot").rank("ordinal"))
    gone = gone.with_columns(lot=pl.Series(rng.random(gone.height)))
    names = ["worker_id", *LOTS]
    given = gone.select(
        *(pl.col(name).alias(f"{name}_then") for name in names),
        turn=pl.col("lot").rank("ordinal"),
        la_then="la_code",
        left="end_date",
    )
    pairs = slots.join(given, on="turn", maintain_order="left")
    pairs = pairs.filter(pl.col("la_code") != pl.col("la_then"), pl.col("left") < pl.col("start_date"))
    found = new.with_row_index("row").join(
        pairs.drop("la_code", "start_date", "turn", "la_then", "left"), on="row", how="left", maintain_order="left"
    )
    return found.with_columns(pl.coalesce(f"{name}_then", name).alias(name) for name in names).select(new.columns)


def _agencies(wanted: pl.DataFrame, own: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The posts of agency workers: contracts, some of which go on for years; some are of workers who left a post."""
    workers, every = _count(own), []
    stay = None
    for year in wanted["return_year"].unique().sort():
        rng = draw.generator(seed, "workforce", "agency", year)
        sizes = wanted.filter(return_year=year).select("la_code", size="n_agency")
        if stay is not None:
            kept = (pl.col("size") * AGENCY_STAYS).round()
            stays = draw.choose(stay, sizes.with_columns(size=kept), ["la_code"], rng)
            over = stay.filter(~stays)
            ends = draw.add_days(pl.lit(date(year - 1, 10, 1)), rng.integers(0, 365, over.height))
            every.append(over.with_columns(end_date=ends, last_year=pl.lit(year - 1, pl.Int32)))
            stay = stay.filter(stays)
            count = stay.group_by("la_code", maintain_order=True).len("kept")
            sizes = sizes.join(count, on="la_code", how="left", maintain_order="left").select(
                "la_code", size=pl.col("size") - pl.col("kept").fill_null(0).cast(pl.Int64)
            )
        rows = fit.spread(sizes)
        start = draw.add_days(pl.lit(date(year - 1, 10, 1)), rng.integers(0, 365, rows.height))
        new = _new(rows, start, year, max(workers, _count(*every)), rng)
        new = new.with_columns(contract_weeks=pl.Series(rng.choice([13, 26, 26, 39, 52], rows.height)))
        gone = own.filter(leaver_destination=TO_AGENCY, last_year=year - 1)
        new = _same_person(new, pl.lit(True), gone, rng)
        workers = max(workers, _count(new))
        stay = new if stay is None else pl.concat([stay, new])
    posts = pl.concat([*every, stay])
    return posts.with_columns(is_agency=pl.lit(True), start_origin=pl.lit(None, pl.String))


def _workers(posts: pl.DataFrame, mix: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a worker, as old as their first post allows, of the ethnicities of the first authority."""
    rng = draw.generator(seed, "workforce", "workers")
    first = posts.sort("worker_id", "start_date", "post_id").unique("worker_id", keep="first", maintain_order=True)
    groups = fit.long(mix, "n_group_", ["la_code"], "group")
    group = draw.assign(first, groups, ["la_code"], "group", rng)
    codes = [(group, code, weight) for group, parts in ETHNICITY.items() for code, weight in parts.items()]
    codes = pl.DataFrame(codes, schema={"group": pl.String, "ethnicity": pl.String, "weight": pl.Float64}, orient="row")
    first = first.with_columns(group=group)
    ethnicity = draw.assign(first, codes, ["group"], "ethnicity", rng)
    size = first.height
    lot = pl.Series(rng.random(size))
    unknown = pl.when(lot < UNKNOWN_ETHNICITY["NOBT"]).then(pl.lit("NOBT"))
    unknown = unknown.when(lot < sum(UNKNOWN_ETHNICITY.values())).then(pl.lit("REFU"))
    newly = pl.col("start_origin") == NEWLY_QUALIFIED
    age = (
        pl.when(newly)
        .then(pl.Series(22.5 + rng.gamma(2, 3, size).clip(0, 25)))
        .otherwise(pl.Series(26 + rng.gamma(3, 4, size).clip(0, 33)))
    )
    numbers = 10_000 + rng.permutation(max(90_000, 2 * size))[:size]
    return first.select(
        "worker_id",
        swe_number=pl.concat_str(pl.lit("SW"), pl.Series(numbers).cast(pl.String)),
        sex=pl.when(pl.Series(rng.random(size)) < WOMEN).then(pl.lit("F")).otherwise(pl.lit("M")),
        birth_date=draw.add_days("start_date", -(age * 365.25).floor()),
        ethnicity=unknown.otherwise(ethnicity),
        qualification_level=_lots({"1": 45, "2": 50, "3": 5}, size, rng),
        is_step_up=pl.Series(rng.random(size)) < 0.06,
        is_frontline=pl.Series(rng.random(size)) < 0.05,
    )
