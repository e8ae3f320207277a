"""The answer key's counts of the workforce census: from the lives of workers, by the definitions of the measures.

A year is one to 30 September. Full-time equivalents are added up over posts; people are counted once each.
"""

import polars as pl

from synthetic.key_counts import WHERE, WHO, age, band, count, group_of, middle, seed

OPENING, CENSUS = pl.date(pl.col("return_year") - 1, 10, 1), pl.date(pl.col("return_year"), 9, 30)
AGE_BANDS = [(19, "under 20"), (29, "20 to 29"), (39, "30 to 39"), (49, "40 to 49"), (59, "50 to 59")]
SERVICE_BANDS = [
    *[(1, "under 2 years"), (4, "2 to under 5 years"), (9, "5 to under 10 years")],
    *[(19, "10 to under 20 years"), (29, "20 to under 30 years")],
]
NEWLY_QUALIFIED = "1"
NOT_KNOWN = "Not known"
SENT = pl.lit(1)


def counts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """Numerators and denominators of what the census counts, for the returns in `sent`; columns as in `key_cin`."""
    posts = _posts(lives, sent)
    themes = [
        *_in_post(posts.filter(kind="in_post"), sent),
        *_movements(posts, sent),
        *_agency(posts, sent),
        *_vacancies(posts, lives["workforce"], sent),
        *_cases_and_sickness(posts, sent),
        *_change(lives, sent),
    ]
    return pl.concat(themes)


def _posts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """A row for each post that a return tells of, with who holds it; age and service are those of its last day."""
    about = lives["worker_posts"].select(
        "post_id", "worker_id", "start_date", "end_date", "start_origin", "leaver_destination", "reason_leave"
    )
    told = lives["worker_years"].with_columns(pl.col("return_year").cast(pl.Int32))
    told = told.join(sent, on=WHERE, maintain_order="left").join(about, on="post_id", maintain_order="left")
    told = told.join(lives["workers"], on="worker_id", maintain_order="left")
    own = pl.col("kind") != "agency"
    last_day = pl.when(pl.col("kind") == "leaver").then("end_date").otherwise(CENSUS)
    told = told.with_columns(last_day=last_day)
    service = told.select(birth_date="start_date", last_day="last_day").select(age(pl.col("last_day")))
    return told.with_columns(
        sex=pl.when(own).then("sex").otherwise(pl.lit("U")),
        age_band=band(pl.when(own).then(age(pl.col("last_day"))), AGE_BANDS, "60 and over", "unknown"),
        ethnicity=pl.when(own)
        .then(group_of("ethnicity", "group_ethnicity", "ethnicity_group", "Unknown"))
        .otherwise(pl.lit("Unknown")),
        role=group_of("org_role", "group_csww__role", "role_name", "Not stated"),
        length_of_service=band(service.to_series(), SERVICE_BANDS, "30 years or more", "unknown"),
        is_starter=own & pl.col("start_date").is_between(OPENING, CENSUS),
        is_leaver=pl.col("kind") == "leaver",
    )


def _people(posts: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Each worker of a return once, in their most senior post."""
    return posts.sort("org_role", "post_id").unique([*WHERE, "worker_id", *by], keep="first", maintain_order=True)


def _of_known(measure_id: str, things: pl.DataFrame, sent: pl.DataFrame, by: str, unknown: str) -> pl.DataFrame:
    return count(measure_id, things.filter(pl.col(by) != unknown), sent, [by])


def _in_post(posts: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    people = _people(posts)
    is_absent = pl.col("absence_reason").is_not_null()
    return [
        count("W01", posts, sent, [*WHO, "role", "length_of_service"], pl.col("fte")),
        count("W02", people, sent, [*WHO, "role"]),
        count("W19", people, sent, WHO, is_absent, SENT),
        count("W27", people, sent, WHO, pl.col("is_step_up"), SENT),
        count("W27-F", people, sent, WHO, pl.col("is_frontline"), SENT),
        _of_known("workers of known age", people, sent, "age_band", "unknown"),
        _of_known("workers of known sex", people, sent, "sex", "U"),
        _of_known("workers of known ethnicity", people, sent, "ethnicity", "Unknown"),
        _of_known("workers of known start", people, sent, "length_of_service", "unknown"),
        count("workers absent", people.filter(is_absent), sent, ["absence_reason"]),
    ]


def _movements(posts: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    in_post = posts.filter(kind="in_post")
    starters = _moved(posts.filter("is_starter"), "start_origin", "StartOrigin", "origin")
    leavers = _moved(posts.filter("is_leaver"), "leaver_destination", "LeaverDestination", "destination")
    leavers = _moved(leavers, "reason_leave", "ReasonLeave", "reason")
    new, gone = _people(starters, "start_date"), _people(leavers, "end_date")
    columns = [*WHERE, *WHO]
    turnover = pl.concat(
        [
            leavers.select(*columns, gone="fte_before", there=pl.lit(0.0)),
            in_post.select(*columns, gone=pl.lit(0.0), there="fte"),
        ]
    )
    heads = pl.concat(
        [
            gone.select(*columns, gone=pl.lit(1), there=pl.lit(0)),
            _people(in_post).select(*columns, gone=pl.lit(0), there=pl.lit(1)),
        ]
    )
    return [
        count("W03", starters, sent, WHO, pl.col("fte").fill_null(0)),
        count("W03-H", new, sent, WHO),
        count("W04", gone, sent, WHO),
        count("W05", leavers, sent, WHO, pl.col("fte_before")),
        count("W06", turnover, sent, WHO, pl.col("gone"), pl.col("there")),
        count("W06-H", heads, sent, WHO, pl.col("gone"), pl.col("there")),
        count("W25", new, sent, WHO, pl.col("start_origin") == NEWLY_QUALIFIED, SENT),
        _of_known("starters of known origin", new, sent, "origin", NOT_KNOWN),
        _of_known("leavers of known destination", gone, sent, "destination", NOT_KNOWN),
        _of_known("leavers of known reason", gone, sent, "reason", NOT_KNOWN),
    ]


def _moved(posts: pl.DataFrame, code: str, field: str, name: str) -> pl.DataFrame:
    """Posts with what a code of a move says, by a name."""
    listed = seed("groupings/group_csww__movement").filter(field=field)
    said = pl.col(code).replace_strict(listed["code"], listed["movement_group"], default=NOT_KNOWN)
    return posts.with_columns(said.alias(name))


def _agency(posts: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    there = posts.filter(~pl.col("is_leaver"))
    is_agency = pl.col("kind") == "agency"
    agency_fte = pl.when(is_agency).then("fte").otherwise(0.0)
    agency = there.filter(is_agency)
    heads = pl.concat([agency, _people(there.filter(~is_agency))])
    return [
        count("W07", agency, sent, [], pl.col("fte")),
        count("W07-H", agency, sent, []),
        count("W08", there, sent, [], agency_fte, pl.col("fte")),
        count("W08-H", heads, sent, [], is_agency, SENT),
        middle("W28", agency, sent, [], pl.col("contract_weeks")),
    ]


def _vacancies(posts: pl.DataFrame, workforce: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    """What an authority says of its vacancies, if it says so."""
    said = workforce.with_columns(pl.col("return_year").cast(pl.Int32)).join(sent, on=WHERE, how="semi")
    sent = sent.join(said, on=WHERE, how="semi", maintain_order="left")
    fte = posts.group_by(WHERE, maintain_order=True).agg(
        in_post=pl.col("fte").filter(kind="in_post").sum(), agency=pl.col("fte").filter(kind="agency").sum()
    )
    said = said.join(fte, on=WHERE, how="left", maintain_order="left")
    vacant, cover = pl.col("vacancies_fte"), pl.col("agency_cover_fte")
    return [
        count("W09", said, sent, [], vacant),
        count("W10", said, sent, [], vacant, vacant + pl.col("in_post")),
        count("W11", said, sent, [], cover),
        count("W12", said, sent, [], cover, pl.col("agency")),
        count("W13", said, sent, [], cover, vacant),
    ]


def _cases_and_sickness(posts: pl.DataFrame, sent: pl.DataFrame) -> list[pl.DataFrame]:
    there = posts.filter(~pl.col("is_leaver"))
    holder_fte = pl.when(pl.col("cases") > 0).then("fte").otherwise(0.0)
    days = seed("reference/absence_working_days").select(
        pl.col("return_year").cast(pl.Int32), working_days=pl.col("working_days").cast(pl.Int64)
    )
    own = posts.filter(pl.col("kind") != "agency").join(days, on="return_year", maintain_order="left")
    in_days = sent.join(days, on="return_year", how="semi", maintain_order="left")
    in_post_days = pl.when(pl.col("kind") == "in_post").then(pl.col("fte") * pl.col("working_days")).otherwise(0.0)
    lost = pl.col("working_days_lost")
    return [
        count("W14", there, sent, [], pl.col("cases")),
        count("W15", there, sent, [], holder_fte),
        count("W16", there, sent, [], pl.col("cases"), holder_fte),
        count("W17", posts.filter(pl.col("kind") != "agency"), sent, [], lost),
        count("W18", own, in_days, [], lost, in_post_days),
    ]


def _change(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> list[pl.DataFrame]:
    """The workforce beside that of the year before, of which there must be a return."""
    sent = sent.filter("is_after_another")
    who = lives["worker_posts"].select("post_id", "worker_id")
    every = lives["worker_years"].filter(kind="in_post").join(who, on="post_id", maintain_order="left")
    every = every.with_columns(pl.col("return_year").cast(pl.Int32))
    keys = [*WHERE, "worker_id"]
    now = every.group_by(keys, maintain_order=True).agg(now=pl.col("fte").sum())
    before = now.select("la_code", pl.col("return_year") + 1, "worker_id", before="now")
    both = now.join(before, on=keys, how="full", coalesce=True, maintain_order="left_right")
    both = both.join(sent, on=WHERE, how="semi", maintain_order="left")
    fte_now, fte_before = pl.col("now").fill_null(0), pl.col("before").fill_null(0)
    was_there = pl.col("before").is_not_null()
    return [
        count("W29", both, sent, [], fte_now - fte_before, fte_before),
        count("W30", both, sent, [], was_there & pl.col("now").is_not_null(), was_there),
    ]
