"""Requests for an education, health and care assessment: received, decided, assessed, a plan issued or not.

A calendar year's conclusions (plans issued by how long they took, not issued, withdrawn) are as many as published.
Each is of a request received in the same calendar year or in the one before, in numbers that leave every year with
the requests that were published for it: what an authority agreed to and has not concluded by the end of a year is the
next year's early conclusions. What could not be concluded even so stays open or was sent on to another authority.
A return of year y covers the calendar year y - 1, so the columns `return_year` here are the calendar year plus one.
"""

import numpy as np
import polars as pl

from synthetic import draw, fit

BY = ["la_code", "return_year"]
ISSUED = ["20_weeks", "20_weeks_exception", "over", "over_exception", "appealed"]
OPEN_LATER_REFUSED = 0.25  # of the requests undecided on the census day, the share that is refused afterwards
EARLY = (0.45, 0.08, 0.85)  # conclusions whose request came the year before: the usual share, the least, the most
SOURCES = {"1": 38, "2": 50, "3": 6, "4": 3, "5": 3}  # own guess: first collected in 2025, not published by authority


def requests(wanted: pl.DataFrame, london: pl.DataFrame, census: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a request, in order of authority and date; the columns of `COLUMNS`.

    `wanted` are the targets of `send`, `london` those of `send_london`; `census` has `return_year` and `census_date`.
    `kind` says how it ended: one of `ISSUED`, not_issued, withdrawn_later, refused, withdrawn, open_refused, agreed
    (nothing more known) or exported. Dates after the last census day are left out.
    """
    rng = draw.generator(seed, "send", "requests")
    concluded = _concluded(wanted, seed)
    concluded, left = _received(wanted, concluded, seed)
    rest = _others(wanted, left, rng)
    rows = pl.concat([_with_dates(concluded, seed), rest], how="diagonal")
    rows = rows.join(census, on="return_year", how="left", maintain_order="left")
    rows = _decided(rows.sort("la_code", "received_date", "kind"), wanted, seed)
    rows = _flagged(_aged(rows, london, seed), wanted, seed)
    return _as_known(rows, census["census_date"].max())


def _concluded(wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a conclusion: la_code, return_year, kind."""
    parts = fit.long(wanted, "n_issued_", BY, "kind")
    whole = parts.group_by(BY, maintain_order=True).agg(known=pl.col("weight").sum())
    appealed = wanted.join(whole, on=BY, maintain_order="left").select(
        *BY, kind=pl.lit("appealed"), weight=(pl.col("n_issued") - pl.col("known")).clip(0).cast(pl.Float64)
    )
    issued = draw.share_out(wanted.select(*BY, size="n_issued"), pl.concat([parts, appealed]), BY)
    others = pl.concat(
        [
            wanted.select(*BY, kind=pl.lit("not_issued"), size="n_not_issued"),
            wanted.select(*BY, kind=pl.lit("withdrawn_later"), size="n_assessments_withdrawn"),
        ]
    )
    return fit.spread(pl.concat([issued.select(*BY, "kind", "size"), others]).sort(*BY, "kind"))


def _received(wanted: pl.DataFrame, concluded: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The conclusions with `is_early` (received the year before), and how many agreed requests of a year are `left`."""
    sizes = concluded.group_by(BY, maintain_order=True).len("concluded")
    years = wanted.join(sizes, on=BY, how="left", maintain_order="left").with_columns(
        pl.col("concluded").fill_null(0).cast(pl.Int64),
        agreed=pl.col("n_requests")
        - pl.col("n_requests_refused")
        - pl.col("n_requests_withdrawn")
        - (pl.col("n_requests_open") * OPEN_LATER_REFUSED).round().cast(pl.Int64),
    )
    done = []
    before: pl.DataFrame | None = None
    for (_,), year in years.sort(BY).partition_by("return_year", as_dict=True, maintain_order=True).items():
        usual, least, most = ((pl.col("concluded") * share).round().cast(pl.Int64) for share in EARLY)
        if before is None:
            year = year.with_columns(early=usual)
        else:
            year = year.join(before.select("la_code", "waiting"), on="la_code", maintain_order="left")
            year = year.with_columns(early=pl.min_horizontal(pl.max_horizontal("waiting", least), most))
            done.append(before.with_columns(left=(pl.col("waiting") - year["early"]).clip(0)))
            year = year.drop("waiting")
        before = year.with_columns(waiting=pl.col("agreed") - (pl.col("concluded") - pl.col("early")))
    done.append(before.with_columns(left=pl.col("waiting").clip(0)))
    every = pl.concat(done).select(*BY, "early", "left")
    slow = pl.col("kind").str.starts_with("over").cast(pl.Float64) * 2 + 1
    concluded = _over_a_year(concluded, wanted, seed)
    rng = draw.generator(seed, "send", "early")
    early = draw.choose(concluded, every.select(*BY, size="early"), BY, rng, slow + pl.col("is_over_52") * 1e6)
    return concluded.with_columns(is_early=early), every


def _over_a_year(concluded: pl.DataFrame, wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The conclusions with `is_over_52`: the share that took a year or more, of plans issued after 20 weeks."""
    over = concluded.with_row_index("row").filter(pl.col("kind").str.starts_with("over"))
    shares = _percent(wanted, "p_over_52", "is_over_52")
    long = draw.assign(over, shares, BY, "is_over_52", draw.generator(seed, "send", "over 52"))
    found = over.select("row", is_over_52=long)
    rows = concluded.with_row_index("row").join(found, on="row", how="left", maintain_order="left")
    return rows.with_columns(pl.col("is_over_52").fill_null(False)).drop("row")


def _percent(wanted: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The shares of true and false that a percentage says, for `draw.assign`."""
    yes = wanted.select(*BY, pl.lit(True).alias(name), weight=pl.col(column))
    return pl.concat([yes, wanted.select(*BY, pl.lit(False).alias(name), weight=100 - pl.col(column))])


def _with_dates(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The conclusions with `received_date`, `assessment_date` and the `return_year` that the request belongs to."""
    rng = draw.generator(seed, "send", "dates")
    size = rows.height
    kind, late = rows["kind"].to_numpy(), ~rows["is_early"].to_numpy()
    exact = np.char.startswith(kind.astype(str), "20_weeks") | (kind == "appealed")
    days = np.where(exact, 140 - rng.exponential(13, size).clip(0, 70), 60 + rng.uniform(0, 140, size))
    is_over = np.char.startswith(kind.astype(str), "over")
    days = np.where(is_over, 141 + rng.gamma(1.6, 35, size).clip(0, 185), days)
    days = np.where(kind == "not_issued", np.where(rng.random(size) < 0.47, 112 - rng.exponential(9, size), days), days)
    days = np.where(rows["is_over_52"].to_numpy() & ~late, 366 + rng.exponential(50, size).clip(0, 220), days)
    days = np.floor(days).astype(int).clip(50, 590)
    low = np.where(late, days, (days - 365).clip(0))
    high = np.where(late, 365, days.clip(max=365))
    place = low + np.floor(rng.random(size) * (high - low)).astype(int)
    new_year = pl.date(pl.col("return_year") - 1, 1, 1)
    return rows.with_columns(assessment_date=draw.add_days(new_year, place)).with_columns(
        received_date=draw.add_days("assessment_date", -days),
        return_year=pl.col("return_year") - pl.col("is_early").cast(pl.Int32),
    )


def _others(wanted: pl.DataFrame, left: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The requests that no conclusion is known of."""
    last = wanted["return_year"].max()
    open_refused = (pl.col("n_requests_open") * OPEN_LATER_REFUSED).round().cast(pl.Int64)
    sent_on = pl.when(pl.col("return_year") < last).then(pl.col("left") // 3).otherwise(0)
    sizes = [
        wanted.select(*BY, kind=pl.lit("refused"), size="n_requests_refused"),
        wanted.select(*BY, kind=pl.lit("withdrawn"), size="n_requests_withdrawn"),
        wanted.select(*BY, kind=pl.lit("open_refused"), size=open_refused),
        left.select(*BY, kind=pl.lit("agreed"), size=pl.col("left") - sent_on),
        left.select(*BY, kind=pl.lit("exported"), size=sent_on),
    ]
    rows = fit.spread(pl.concat(sizes).sort(*BY, "kind"))
    is_late = pl.col("kind") == "open_refused"
    # what is still being assessed when the last year ends came in its second half; what was decided, before December
    waiting = (pl.col("kind") == "agreed") & (pl.col("return_year") == last)
    low = pl.when(is_late).then(325).when(waiting).then(170).otherwise(0)
    high = pl.when(is_late | waiting).then(365).otherwise(345)
    day = low + (pl.Series(rng.random(rows.height)) * (high - low)).floor()
    return rows.with_columns(received_date=draw.add_days(pl.date(pl.col("return_year") - 1, 1, 1), day))


def _decided(rows: pl.DataFrame, wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The requests with `decision_date` and `outcome`, as it turned out; `is_open` on the census day after the year."""
    rng = draw.generator(seed, "send", "decisions")
    agreed = ~pl.col("kind").is_in(["refused", "open_refused", "withdrawn", "exported"])
    rows = rows.with_columns(is_agreed=agreed).with_row_index("row")
    undecided = rows.filter(
        "is_agreed",
        pl.col("assessment_date").is_null() | (pl.col("assessment_date") > pl.col("census_date").dt.offset_by("30d")),
    )
    turn = pl.struct(-pl.col("received_date").cast(pl.Int32), "row").rank("ordinal").over(BY)
    still = wanted.select(*BY, size=(pl.col("n_requests_open") * (1 - OPEN_LATER_REFUSED)).round())
    undecided = undecided.with_columns(turn=turn).join(still, on=BY, how="left", maintain_order="left")
    is_open = undecided.filter(pl.col("turn") <= pl.col("size"))["row"]
    rows = rows.with_columns(
        is_open=pl.col("row").is_in(is_open.implode()) | (pl.col("kind") == "open_refused"),
        quick=draw.assign(rows, _percent(_years_before(wanted), "p_six_weeks", "quick"), BY, "quick", rng),
    )
    size = rows.height
    days = (
        pl.when("quick")
        .then(pl.Series(42 - rng.exponential(7, size).clip(0, 32)))
        .otherwise(pl.Series(43 + rng.exponential(20, size).clip(0, 100)))
    )
    usual = pl.min_horizontal(
        draw.add_days("received_date", days.floor()),
        pl.col("assessment_date").dt.offset_by("-28d"),
        pl.col("census_date"),
    )
    late = draw.add_days("census_date", rng.integers(1, 25, size))
    return (
        rows.with_columns(
            decision_date=pl.max_horizontal(
                pl.when(pl.col("is_open")).then(late).when(pl.col("kind") != "withdrawn").then(usual),
                "received_date",
            ),
            outcome=pl.when("is_agreed")
            .then(pl.lit("Y"))
            .when(pl.col("kind").is_in(["refused", "open_refused"]))
            .then(pl.lit("N"))
            .when(pl.col("kind") == "withdrawn")
            .then(pl.lit("W"))
            .otherwise(pl.lit("A")),
        )
        .with_columns(
            decision_date=pl.when(pl.col("kind").is_in(["withdrawn", "exported"])).then(None).otherwise("decision_date")
        )
        .drop("row", "quick", "is_agreed")
    )


def _years_before(wanted: pl.DataFrame) -> pl.DataFrame:
    """The targets, and those of the first year again for the year before it, in which some requests were received."""
    first = wanted.filter(pl.col("return_year") == wanted["return_year"].min())
    return pl.concat([first.with_columns(pl.col("return_year") - 1), wanted])


def _aged(rows: pl.DataFrame, london: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The requests with `birth_date`, by London's ages at the day of the request."""
    rng = draw.generator(seed, "send", "ages")
    is_refused = pl.col("kind").is_in(["refused", "open_refused", "withdrawn"])
    rows = rows.with_columns(group=pl.when(is_refused).then(pl.lit("refused")).otherwise(pl.lit("agreed")))
    ages = london.filter(topic="requests_by_age").select("group", age=pl.col("value").cast(pl.Int32), weight="n")
    keys = rows.select(*BY, "group").unique(maintain_order=True).join(ages, on="group", maintain_order="left")
    age = draw.assign(rows, keys, [*BY, "group"], "age", rng)
    extra = pl.Series(rng.random(rows.height))
    # the ages 2 and 20 stand for all below and above
    years = pl.when(age == 20).then(20 + extra * 4.5).when(age == 2).then(1.2 + extra * 1.8).otherwise(age + extra)
    return rows.with_columns(birth_date=draw.add_days("received_date", -(years * 365.25).ceil())).drop("group")


def _flagged(rows: pl.DataFrame, wanted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The requests with who asked, mediation and appeals, and whether from youth accommodation."""
    rng = draw.generator(seed, "send", "flags")
    appealed = (pl.col("kind") == "appealed").cast(pl.Float64)
    refused = (pl.col("kind") == "refused").cast(pl.Float64)
    not_issued = (pl.col("kind") == "not_issued").cast(pl.Float64)
    flags = {
        "is_rya": ("n_requests_rya", pl.lit(1.0)),
        "request_mediation": ("n_request_mediation", refused + appealed * 3),
        "request_tribunal": ("n_request_tribunal", refused + appealed * 3),
        "assessment_mediation": ("n_assessment_mediation", not_issued),
        "assessment_tribunal": ("n_assessment_tribunal", not_issued),
    }
    for name, (column, weight) in flags.items():
        sizes = wanted.select(*BY, size=column)
        may = rows.select(*BY, weight=weight + 0.0)
        drawn = draw.choose(may, sizes, BY, rng, pl.col("weight") + 1e-12)
        rows = rows.with_columns((drawn & (may["weight"] > 0)).alias(name))
    source = rng.choice(list(SOURCES), rows.height, p=np.array(list(SOURCES.values())) / 100)
    lot = pl.Series(rng.random(rows.height))
    of_plan = pl.col("kind") == "appealed"
    unexplained = of_plan & ~pl.col("request_mediation") & ~pl.col("request_tribunal")
    return rows.with_columns(
        source=pl.Series(source),
        other_mediation=unexplained & (lot < 0.5),
        other_tribunal=unexplained & (lot >= 0.5),
        is_exception=pl.col("kind").str.ends_with("exception"),
    )


def _as_known(rows: pl.DataFrame, horizon: pl.Expr) -> pl.DataFrame:
    """The requests that were received by the last census day, numbered, with what became of the assessment."""
    issued = pl.col("kind").is_in(ISSUED)
    outcome = pl.when(issued).then(pl.lit("Y")).when(pl.col("kind") == "not_issued").then(pl.lit("N"))
    outcome = outcome.when(pl.col("kind") == "withdrawn_later").then(pl.lit("W"))
    outcome = outcome.when(pl.col("outcome") == "Y").then(pl.lit("A"))
    return (
        rows.filter(pl.col("received_date") <= horizon)
        .with_columns(
            assessment_outcome=outcome,
            assessment_date=pl.when(pl.col("kind") != "withdrawn_later").then("assessment_date"),
        )
        .sort("la_code", "received_date", "kind", maintain_order=True)
        .with_row_index("request_id", offset=1)
        .with_columns(pl.col("request_id").cast(pl.Int64))
        .drop("is_early", "is_over_52", "is_open", "census_date", "return_year")
    )
