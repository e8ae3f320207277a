"""What plans say and what is done about them: who they are for, needs, settings, budgets and reviews.

Mixes were published by authority for one census day (`send_plans`). Plans in force on that day have them exactly, or
on the last census day made, where that comes earlier; other plans have the same mix by lot.
"""

from datetime import date

import numpy as np
import polars as pl

from synthetic import draw, fit

DAY_OF_MIXES = 2025  # the year of the census whose mixes `send_plans` holds
SECOND_NEED = 0.25
REFUSED_ETHNICITY = 0.4  # of ethnicities not known, the share that was asked for and refused
PHASES = [0, 4, 11, 16, 19]  # years of age at 31 August before the school year in which a phase of education begins
MOVES = 0.08  # of stays in a phase, the share with a move to another setting midway
NAMES_SINCE = "-120d"  # a plan still names the placement of so long ago
ON_TIME = 0.7  # of the plans due before a phase of education, own guess
OWN_AREA = 0.75  # of places with a reference number, the share in the authority's own area

# setting: how usual it is in each phase (own judgement: which can be, and about how much; totals are published)
SETTINGS = {
    "EY": (30, 0.1, 0, 0, 0),
    "ML": (10, 40, 14, 1, 0), "ML_R": (0.5, 4, 2, 0.2, 0), "ML_U": (0.5, 2, 0.5, 0.1, 0),
    "MA": (4, 20, 35, 3, 0), "MA_R": (0.2, 2, 3, 0.3, 0), "MA_U": (0.2, 1, 1, 0.1, 0),
    "MF": (0.5, 3, 5, 0.5, 0), "MF_R": (0, 1, 1, 0.1, 0), "MF_U": (0, 1, 1, 0.1, 0), "MI": (0.5, 2, 4, 1, 0),
    "SL": (3, 12, 16, 10, 0.5), "SA": (2, 8, 12, 7, 0.5), "SI": (0.2, 3, 8, 5, 0.5), "SN": (0.1, 0.5, 1, 0.6, 0.1),
    "PL": (0, 0.3, 1.5, 0.2, 0), "PA": (0, 0.2, 0.5, 0, 0), "PF": (0, 0.1, 0.4, 0, 0),
    "FG": (0, 0, 0.2, 45, 50), "FS": (0, 0, 0, 4, 9), "FU": (0, 0, 0, 3, 3),
    "EHE": (0.1, 0.6, 1.5, 0.2, 0), "OLA": (0.5, 1.5, 2.5, 3, 3), "OPA": (0.2, 0.2, 0.2, 0.1, 0.1),
    "OTH": (0.5, 0.4, 0.4, 0.4, 0.4), "EO": (0, 0.1, 0.2, 0.1, 0), "EX": (0, 0.1, 0.1, 0, 0),
    "EW": (0, 0.1, 0.1, 0.1, 0),
    "NEET": (0, 0, 0, 8, 14), "NIEC": (0, 0, 0, 1, 3), "NIEO": (0.1, 0.3, 0.6, 1, 1), "NONE": (3, 0.8, 0.6, 1, 1),
}  # fmt: skip
SPECIAL = ["SL", "SA", "SI", "SN", "FS"]
LIKELIER = {"severe": (SPECIAL, 6.0), "autism": (SPECIAL, 1.4), "mental": (["PL", "PA", "PF", "NEET", "OLA"], 2.5)}
KIND_OF_NEED = {"SLD": "severe", "PMLD": "severe", "MSI": "severe", "ASD": "autism", "SEMH": "mental"}
WITHOUT_NUMBER = ["EY", "EHE", "OLA", "OPA", "OTH", "NEET", "NIEC", "NIEO", "NONE"]
ESTABLISHMENTS = {  # how many of a kind an authority has
    "ML": 40, "MA": 25, "MF": 6, "MI": 8, "SL": 5, "SA": 4, "SI": 6, "SN": 1, "PL": 2, "PA": 1, "PF": 1,
    "FG": 3, "FS": 3, "FU": 4, "EO": 1, "EX": 1, "EW": 1,
}  # fmt: skip


def reference(census: pl.DataFrame) -> tuple[int, pl.Expr]:
    """The year whose census day has the published mixes, and which plans are in force on it."""
    year = min(max(DAY_OF_MIXES, census["return_year"].min()), census["return_year"].max())
    day = census.filter(return_year=year)["census_date"].item()
    return year, in_force(pl.lit(day))


def in_force(day: pl.Expr) -> pl.Expr:
    """Whether an authority's plan is in force on a day."""
    return (pl.col("since") <= day) & (pl.col("cease_date").is_null() | (pl.col("cease_date") > day))


def described(people: pl.DataFrame, mixes: pl.DataFrame, london: pl.DataFrame, seed: int) -> pl.DataFrame:
    """People with `need`, `second_need`, `sex` and `ethnicity`.

    `people` has person, la_code, band and at_reference; `mixes` are the targets of `send_plans`.
    """
    area = ["la_code", "at_reference"]
    people = people.sort("person").with_columns(group=pl.col("band").clip(upper_bound=20).cast(pl.String))
    totals = {name: _both(fit.long(mixes, f"n_{name}_", ["la_code"], name)) for name in ("need", "sex", "ethnicity")}
    likely = london.filter(topic="need_by_age").select("group", need="value", weight="n")
    shares = fit.raked(people, totals["need"], likely, area, "need")
    need = draw.assign(people, shares, [*area, "group"], "need", draw.generator(seed, "send", "need"))
    people = people.with_columns(need=need, group=need)
    rng = draw.generator(seed, "send", "second need")
    second = draw.assign(people, totals["need"].filter(pl.col("need") != "unknown"), area, "need", rng)
    has = pl.Series(rng.random(people.height)) < SECOND_NEED
    likely = london.filter(topic="sex_by_need").select("group", sex="value", weight="n")
    shares = fit.raked(people, totals["sex"], likely, area, "sex")
    sex = draw.assign(people, shares, [*area, "group"], "sex", draw.generator(seed, "send", "sex"))
    rng = draw.generator(seed, "send", "ethnicity")
    ethnicity = draw.assign(people, totals["ethnicity"], area, "ethnicity", rng)
    refused = (pl.col("ethnicity") == "NOBT") & (pl.Series(rng.random(people.height)) < REFUSED_ETHNICITY)
    people = people.with_columns(sex=sex, ethnicity=ethnicity)
    return people.with_columns(
        second_need=pl.when(has & (second != need)).then(second),
        ethnicity=pl.when(refused).then(pl.lit("REFU")).otherwise("ethnicity"),
    ).drop("group")


def _both(totals: pl.DataFrame) -> pl.DataFrame:
    """The same totals for those in force on the day of the mixes and for the others."""
    return pl.concat([totals.with_columns(at_reference=pl.lit(here)) for here in (True, False)])


def placements(
    plans: pl.DataFrame, schools: pl.DataFrame, mixes: pl.DataFrame, year: int, horizon: date, seed: int
) -> pl.DataFrame:
    """Where each plan's child is taught, a row a stay: a phase of education, in some two settings one after the other.

    Columns: placement_id, plan_id, la_code, setting (a key of `SETTINGS`), establishment_id, rank, start_date (which
    may lie before the plan), end_date (null: still there), residential (A, B), work_based (S, A, T). `plans` has
    at_reference and need; `schools` are the `establishments`; `year` is that of the mixes' census.
    """
    rng = draw.generator(seed, "send", "stays")
    first = pl.when(pl.col("birth_date").dt.month() <= 8).then(0).otherwise(1) + pl.col("birth_date").dt.year()
    stays = plans.join(pl.DataFrame({"phase": PHASES, "next": [*PHASES[1:], 99]}), how="cross", maintain_order="left")
    over = pl.col("cease_date").fill_null(date(9999, 1, 1))
    stays = stays.with_columns(
        start_date=pl.max_horizontal(pl.date(first + pl.col("phase"), 9, 1), pl.col("birth_date").dt.offset_by("1y")),
        end_date=pl.date(first + pl.col("next"), 8, 31),
    ).filter(
        pl.col("start_date") <= pl.min_horizontal(over, pl.lit(horizon)),
        pl.col("end_date") > pl.col("since"),
    )
    lot = pl.Series(rng.random(stays.height))
    middle = draw.add_days("start_date", (pl.col("end_date") - pl.col("start_date")).dt.total_days() // 2)
    moves = (lot < MOVES) & (middle > pl.col("since")) & (middle < pl.min_horizontal(over, pl.lit(horizon)))
    before = stays.with_columns(moves=moves, end=middle).filter("moves").with_columns(end_date="end").drop("end")
    after = stays.with_columns(moves=moves).with_columns(
        start_date=pl.when("moves").then(middle.dt.offset_by("1d")).otherwise("start_date")
    )
    stays = pl.concat([before, after]).sort("plan_id", "start_date")
    stays = stays.with_columns(end_date=pl.min_horizontal("end_date", "cease_date"))
    day = _census_day(year)
    now = pl.col("at_reference") & (pl.col("start_date") <= day) & (pl.col("end_date") >= day)
    stays = _with_setting(stays.with_columns(at_reference=now), mixes, seed)
    stays = stays.with_columns(end_date=pl.when(pl.col("end_date") <= horizon).then("end_date"))
    rng = draw.generator(seed, "send", "establishments")
    abroad = pl.Series(rng.random(stays.height)) > OWN_AREA
    where = pl.when(abroad).then(pl.Series(rng.permutation(stays["la_code"].to_numpy()))).otherwise("la_code")
    kinds = schools.group_by("la_code", "kind", maintain_order=True).agg(pl.col("establishment_id").first(), pl.len())
    stays = stays.with_columns(kind=pl.col("setting").str.head(2), where=where).join(
        kinds, left_on=["where", "kind"], right_on=["la_code", "kind"], how="left", maintain_order="left"
    )
    which = (pl.Series(rng.random(stays.height)) * pl.col("len")).floor().cast(pl.Int64)
    return stays.select(
        placement_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        plan_id="plan_id",
        la_code="la_code",
        setting="setting",
        establishment_id=pl.when(pl.col("setting").is_in(WITHOUT_NUMBER))
        .then(None)
        .otherwise(pl.col("establishment_id") + which),
        rank=pl.lit("1"),
        start_date="start_date",
        end_date="end_date",
        residential="residential",
        work_based="work_based",
    )


def _census_day(year: int) -> date:
    """The third Thursday of January (SEN2 guide)."""
    new_year = date(year, 1, 1)
    return date(year, 1, 15 + (3 - new_year.weekday()) % 7)


def census_days(years: range) -> pl.DataFrame:
    """The census day of each year: return_year, census_date."""
    rows = {"return_year": list(years), "census_date": [_census_day(year) for year in years]}
    return pl.DataFrame(rows, schema={"return_year": pl.Int32, "census_date": pl.Date})


def _with_setting(stays: pl.DataFrame, mixes: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The stays with `setting`, `residential` and `work_based`."""
    kind = pl.col("need").replace_strict(KIND_OF_NEED, default="other")
    stays = stays.with_columns(group=pl.concat_str(pl.col("phase").cast(pl.String), pl.lit(" "), kind))
    likely = [
        {"group": f"{phase} {kind}", "setting": setting, "weight": weight * _times(kind, setting)}
        for setting, weights in SETTINGS.items()
        for phase, weight in zip(PHASES, weights, strict=True)
        for kind in ("severe", "autism", "mental", "other")
    ]
    likely = pl.DataFrame(likely, schema_overrides={"weight": pl.Float64})
    totals = fit.long(mixes, "n_placement_", ["la_code"], "setting")
    totals = totals.with_columns(pl.col("setting").replace("NIEO_C", "NIEO"))
    totals = totals.group_by("la_code", "setting", maintain_order=True).agg(pl.col("weight").sum())
    area = ["la_code", "at_reference"]
    shares = fit.raked(stays, _both(totals), likely, area, "setting")
    rng = draw.generator(seed, "send", "settings")
    stays = stays.with_columns(setting=draw.assign(stays, shares, [*area, "group"], "setting", rng))
    stays = part_of(stays, mixes, "residential", pl.col("setting").is_in(["SI", "SN", "FS", "SL", "SA"]), rng)
    return part_of(stays, mixes, "work", pl.col("phase") >= 16, rng).rename({"work": "work_based"})


def _times(kind: str, setting: str) -> float:
    settings, times = LIKELIER.get(kind, ([], 1.0))
    return times if setting in settings else 1.0


def part_of(rows: pl.DataFrame, mixes: pl.DataFrame, name: str, may: pl.Expr, rng: np.random.Generator) -> pl.DataFrame:
    """Rows with a column `name`: the value of `n_<name>_<value>` for as many rows that `may` as was published."""
    rows = rows.with_row_index("row")
    those = rows.filter(may)
    counts = fit.long(mixes, f"n_{name}_", ["la_code"], name)
    size = those.filter("at_reference").group_by("la_code", maintain_order=True).len("size")
    rest = counts.group_by("la_code", maintain_order=True).agg(pl.col("weight").sum())
    rest = rest.join(size, on="la_code", how="left", maintain_order="left")
    rest = rest.select(
        "la_code",
        pl.lit(None, pl.String).alias(name),
        weight=(pl.col("size").fill_null(1).cast(pl.Float64) - pl.col("weight")).clip(0),
    )
    shares = _both(pl.concat([counts, rest]))
    value = draw.assign(those, shares, ["la_code", "at_reference"], name, rng)
    found = those.select("row", value.alias(name))
    return rows.join(found, on="row", how="left", maintain_order="left").drop("row")


def establishments(la_codes: list[str]) -> pl.DataFrame:
    """Made-up schools and colleges: establishment_id, la_code, kind (of `SETTINGS`), urn, ukprn.

    Numbers begin with 9, which no real one does.
    """
    rows = [(la_code, kind) for la_code in la_codes for kind, count in ESTABLISHMENTS.items() for _ in range(count)]
    every = pl.DataFrame(rows, schema={"la_code": pl.String, "kind": pl.String}, orient="row").with_columns(
        establishment_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    )
    is_provider = pl.col("kind") == "FU"
    return every.with_columns(
        urn=pl.when(~is_provider).then((900_000 + pl.col("establishment_id")).cast(pl.String)),
        ukprn=pl.when(is_provider).then((99_000_000 + pl.col("establishment_id")).cast(pl.String)),
    ).select("establishment_id", "la_code", "kind", "urn", "ukprn")


def budgets(plans: pl.DataFrame, mixes: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Plans with `direct_payment` (E, S, H, I) and `is_organised`; with neither, no personal budget."""
    plans = part_of(plans, mixes, "budgets", pl.lit(True), draw.generator(seed, "send", "budgets"))
    return plans.with_columns(
        direct_payment=pl.when(pl.col("budgets") != "O").then("budgets"),
        is_organised=(pl.col("budgets") == "O").fill_null(False),
    ).drop("budgets")


def reviews(plans: pl.DataFrame, mixes: pl.DataFrame, since: date, horizon: date, seed: int) -> pl.DataFrame:
    """Annual reviews held from a year before `since` on.

    Columns: plan_id, meeting_date, decision_date, outcome (A, C, M), draft_date. A decision not known yet is null.
    Plans whose reviews nobody records are as many as was published.
    """
    rng = draw.generator(seed, "send", "reviews")
    shares = mixes.with_columns(held=pl.col("n_review_held") / pl.col("n_review_expected").clip(1))
    both = pl.concat(
        [
            shares.select("la_code", recorded=pl.lit(True), weight="held"),
            shares.select("la_code", recorded=pl.lit(False), weight=1 - pl.col("held")),
        ]
    )
    area = ["la_code", "at_reference"]
    recorded = draw.assign(plans, _both(both), area, "recorded", rng)
    rows = plans.filter(recorded).select("plan_id", "la_code", "start_date", "cease_date", "cease_reason", "since")
    first = pl.max_horizontal((pl.lit(since).dt.year() - 1 - pl.col("start_date").dt.year()), pl.lit(1))
    count = pl.lit(horizon).dt.year() - pl.col("start_date").dt.year() - first + 1
    rows = rows.with_columns(first=first, size=count.clip(0)).pipe(fit.spread)
    turn = pl.int_range(pl.len()).over("plan_id")
    rows = rows.with_columns(nth=pl.col("first") + turn, is_first=turn == 0)
    early = rng.integers(0, 40, rows.height)
    rows = rows.with_columns(
        meeting_date=draw.add_days("start_date", (pl.col("nth") * 365.25).floor() - pl.Series(early)),
        happens=pl.Series(rng.random(rows.height)) < 0.88,
    ).filter(
        pl.col("happens") | pl.col("is_first"),
        pl.col("meeting_date") <= pl.min_horizontal(pl.col("cease_date").fill_null(horizon), pl.lit(horizon)),
        pl.col("meeting_date") >= pl.col("since"),
    )
    return _outcomes(rows, shares, horizon, rng)


def named(plans: pl.DataFrame, stays: pl.DataFrame, day: date) -> pl.DataFrame:
    """The placement that each plan names on a day, or on its last: that of some weeks before, if there was one.

    `plans` has plan_id and cease_date, `stays` plan_id, placement_id, start_date and end_date, which is the last day.
    """
    last = plans.select("plan_id", then=pl.min_horizontal("cease_date", pl.lit(day)).dt.offset_by(NAMES_SINCE))
    held = stays.join(last, on="plan_id", maintain_order="left")
    held = held.filter(pl.col("end_date").is_null() | (pl.col("end_date") >= pl.col("then")))
    held = held.filter(pl.col("start_date") <= day)
    return held.sort("plan_id", "start_date", "placement_id").unique("plan_id", keep="first", maintain_order=True)


def transfers(plans: pl.DataFrame, since: date, horizon: date, seed: int) -> pl.DataFrame:
    """Plans that must be amended before a phase of education begins: plan_id, due_date, final_date.

    Due is the 15 February before, at 16 the 31 March (SEN2 guide); from `since` to `horizon`. The final plan is null
    where there was none by `horizon`. `plans` has birth_date.
    """
    rng = draw.generator(seed, "send", "transfers")
    first = pl.col("birth_date").dt.year() + pl.when(pl.col("birth_date").dt.month() <= 8).then(0).otherwise(1)
    rows = plans.join(pl.DataFrame({"phase": PHASES[1:-1]}), how="cross", maintain_order="left")
    rows = rows.with_columns(year=first + pl.col("phase")).with_columns(
        due_date=pl.when(pl.col("phase") < 16).then(pl.date("year", 2, 15)).otherwise(pl.date("year", 3, 31))
    )
    rows = rows.filter(
        pl.col("due_date").is_between(since, horizon),
        pl.col("since") < pl.col("due_date").dt.offset_by("-3mo"),
        pl.col("cease_date").is_null() | (pl.col("cease_date") > pl.col("due_date")),
    )
    in_time = pl.Series(rng.random(rows.height)) < ON_TIME
    early, late = rng.integers(0, 30, rows.height), rng.integers(1, 200, rows.height)
    final = draw.add_days("due_date", pl.when(in_time).then(-pl.Series(early)).otherwise(pl.Series(late)))
    return rows.with_columns(final=final).select(
        "plan_id",
        "due_date",
        final_date=pl.when(
            pl.col("final") <= pl.min_horizontal(pl.col("cease_date").fill_null(horizon), pl.lit(horizon))
        ).then("final"),
    )


def _outcomes(rows: pl.DataFrame, shares: pl.DataFrame, horizon: date, rng: np.random.Generator) -> pl.DataFrame:
    """The reviews with what was decided, and when."""
    nothing = (pl.col("n_review_held") - pl.col("n_review_amend") - pl.col("n_review_maintain")).clip(0)
    parts = {"A": pl.col("n_review_amend"), "M": pl.col("n_review_maintain"), None: nothing}
    weights = [
        shares.select("la_code", outcome=pl.lit(code, pl.String), weight=weight.cast(pl.Float64))
        for code, weight in parts.items()
    ]
    outcome = draw.assign(rows, pl.concat(weights), ["la_code"], "outcome", rng)
    ends = pl.col("cease_reason").is_in(["1", "2", "3", "4", "6"]) & (
        (pl.col("cease_date") - pl.col("meeting_date")).dt.total_days() < 150
    )
    quick = draw.assign(
        rows,
        pl.concat(
            [
                shares.select("la_code", quick=pl.lit(True), weight="p_review_4_weeks"),
                shares.select("la_code", quick=pl.lit(False), weight=100 - pl.col("p_review_4_weeks")),
            ]
        ),
        ["la_code"],
        "quick",
        rng,
    )
    days = (
        pl.when(quick)
        .then(pl.Series(rng.integers(7, 29, rows.height)))
        .otherwise(pl.Series(rng.integers(29, 140, rows.height)))
    )
    rows = rows.with_columns(
        outcome=pl.when(ends.fill_null(False)).then(pl.lit("C")).otherwise(outcome),
        decision_date=draw.add_days("meeting_date", days),
    )
    known = pl.col("outcome").is_not_null() & (pl.col("decision_date") <= horizon)
    draft = draw.add_days("decision_date", rng.integers(0, 30, rows.height))
    return rows.select(
        "plan_id",
        "meeting_date",
        decision_date=pl.when(known).then("decision_date"),
        outcome=pl.when(known).then("outcome"),
        draft_date=pl.when(known & (pl.col("outcome") == "A") & (draft <= horizon)).then(draft),
    ).sort("plan_id", "meeting_date")
