"""The children in need census of a year: what it says of lives in need, as known on its 31 March."""

from datetime import date

import polars as pl

from loaders import spec
from synthetic.reports import as_recorded, as_the_year_knows, message_header

NO_UPN = ["UN2", "UN2", "UN3", "UN5", "UN6"]  # why a child of school age has no number on record


def rows(lives: dict[str, pl.DataFrame], la_code: str | None, year: int) -> dict[str, pl.DataFrame]:
    """One frame per table of the specification that the year knows; of all authorities where `la_code` is None.

    Columns: la_code, record (child of the file; 0 for the header), row, parent (row in the parent table), those of
    the specification, and `_child_id`, `_person_id`, `_life` (id of the episode, assessment, enquiry or plan).
    `record` and `row` count from 1 in each authority.
    """
    lives = as_recorded(lives)
    opening, closing = date(year - 1, 4, 1), date(year, 3, 31)
    details = _details(lives, la_code, opening, closing)
    children = _children(lives["children"], details, closing, year)
    details = _numbered(
        details.join(
            children.select("_child_id", "LAchildID", "record", "la_code"), on="_child_id", maintain_order="left"
        )
    )
    episode = details.select(
        "la_code", "record", "LAchildID", "_child_id", "_person_id", "CINreferralDate", episode_id="_life", parent="row"
    )
    characteristics = children.with_columns(row="record", parent=pl.lit(None, pl.Int64))
    assessments = _assessments(lives["assessments"], episode, opening, closing)
    plans = _cp_plans(lives["cp_plans"], episode, opening, closing)
    las = children["la_code"].unique() if la_code is None else [la_code]
    found = {
        "header": message_header(las, "CIN", closing, month=6).with_columns(
            Release=pl.lit("1"), SerialNo=pl.lit("001")
        ),
        "child_identifiers": characteristics,
        "child_characteristics": characteristics,
        "disabilities": _disabilities(characteristics),
        "cin_details": details,
        "assessments": assessments,
        "assessment_factors": _factors(lives["assessment_factors"], assessments),
        "cin_plan_dates": _cin_plans(lives["cin_plans"], episode, opening, closing),
        "section_47": _enquiries(lives["section_47s"], episode, opening, closing),
        "child_protection_plans": plans,
        "cpp_reviews": _reviews(lives["cp_reviews"], plans, opening, closing),
    }
    return as_the_year_knows(found, spec.returns()["cin"], year)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the order of the file, its rows numbered in each authority."""
    frame = frame.sort("la_code", "record", "_life", maintain_order=True)
    if "parent" not in frame.columns:
        frame = frame.with_columns(parent=pl.lit(None, pl.Int64))
    return frame.with_columns(row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"))


def _known(name: str, closing: date) -> pl.Expr:
    """A date as far as it was known."""
    return pl.when(pl.col(name) <= closing).then(name)


def _touches(start: str, end: str, opening: date, closing: date) -> pl.Expr:
    return (pl.col(start) <= closing) & (pl.col(end).is_null() | (pl.col(end) >= opening))


def _details(lives: dict[str, pl.DataFrame], la_code: str | None, opening: date, closing: date) -> pl.DataFrame:
    episodes = lives["episodes"] if la_code is None else lives["episodes"].filter(la_code=la_code)
    episodes = episodes.with_columns(last=pl.when("is_nfa").then("referral_date").otherwise("closure_date"))
    touches = _touches("referral_date", "last", opening, closing) | pl.col("is_told_late")
    episodes = episodes.filter(touches).sort("child_id", "referral_date", "episode_id")
    closed = pl.col("closure_date") <= closing
    moved = pl.col("transfer_in_date").is_between(opening, closing)
    return episodes.select(
        _child_id="child_id",
        _life="episode_id",
        CINreferralDate="referral_date",
        ReferralSource="source",
        PrimaryNeedCode="primary_need",
        CINclosureDate=pl.when(closed).then("closure_date"),
        ReasonForClosure=pl.when(closed).then("closure_reason"),
        DateOfInitialCPC=pl.when(moved).then("transfer_in_date"),
        ReferralNFA="is_nfa",
    ).join(
        lives["children"].select(_child_id="child_id", _person_id="person_id"), on="_child_id", maintain_order="left"
    )


def _children(children: pl.DataFrame, details: pl.DataFrame, closing: date, year: int) -> pl.DataFrame:
    """Identity and characteristics of the children in the file, one row each, with their `record`."""
    referred = details.group_by("_child_id", maintain_order=True).agg(
        is_nfa=pl.col("ReferralNFA").all(), is_new=pl.col("CINreferralDate").max() > closing.replace(day=24)
    )
    rows = children.join(referred, left_on="child_id", right_on="_child_id", maintain_order="left")
    rows = rows.sort("la_code", "la_child_id", "child_id")
    born = pl.col("birth_date") <= closing
    of_school_age = pl.col("birth_date") <= closing.replace(year=year - 5)
    has_upn = of_school_age & ~pl.col("is_nfa") & pl.col("upn").is_not_null()
    why_not = (pl.col("child_id") % len(NO_UPN)).replace_strict(dict(enumerate(NO_UPN)), return_dtype=pl.String)
    why_not = (
        pl.when(~of_school_age)
        .then(pl.lit("UN1"))
        .when("is_nfa")
        .then(pl.lit("UN7"))
        .when("is_new")
        .then(pl.lit("UN4"))
        .otherwise(why_not)
    )
    return rows.select(
        "la_code",
        _child_id="child_id",
        _person_id="person_id",
        record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"),
        LAchildID="la_child_id",
        UPN=pl.when(has_upn).then("upn"),
        FormerUPN=pl.when(has_upn).then("former_upn"),
        UPNunknown=pl.when(born & ~has_upn).then(why_not),
        PersonBirthDate=pl.when(born).then("birth_date"),
        ExpectedPersonBirthDate=pl.when(~born).then("birth_date"),
        GenderCurrent=pl.when(born).then(pl.col("sex").replace_strict({"M": "1", "F": "2"})).otherwise(pl.lit("0")),
        Sex=pl.when(born).then("sex").otherwise(pl.lit("U")),
        PersonDeathDate=_known("death_date", closing),
        Ethnicity=pl.when(born).then("ethnicity").otherwise(pl.lit("NOBT")),
        disabilities=pl.when(born & ~pl.col("is_nfa")).then("disabilities"),
    )


def _disabilities(children: pl.DataFrame) -> pl.DataFrame:
    none = pl.when(pl.col("disabilities").list.len() > 0).then("disabilities").otherwise(pl.lit(["NONE"]))
    asked = children.filter(pl.col("disabilities").is_not_null())
    rows = asked.with_columns(parent="row", Disability=none).explode("Disability")
    return _numbered(rows.with_columns(_life="_child_id")).drop("_life")


def _of_episodes(frame: pl.DataFrame, episode: pl.DataFrame, life: str) -> pl.DataFrame:
    return frame.join(episode, on="episode_id", maintain_order="left").rename({life: "_life"})


def _assessments(assessments: pl.DataFrame, episode: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    is_open = pl.col("authorisation_date") > closing
    seen = assessments.filter(
        _touches("start_date", "authorisation_date", opening, closing), ~is_open | (pl.col("start_date") >= opening)
    )
    rows = _of_episodes(seen, episode, "assessment_id")
    return _numbered(
        rows.with_columns(
            AssessmentActualStartDate="start_date",
            AssessmentInternalReviewDate="review_date",
            AssessmentAuthorisationDate=_known("authorisation_date", closing),
        )
    )


def _factors(factors: pl.DataFrame, assessments: pl.DataFrame) -> pl.DataFrame:
    done = assessments.filter(pl.col("AssessmentAuthorisationDate").is_not_null())
    rows = factors.rename({"assessment_id": "_life", "factor": "AssessmentFactors"})
    return _numbered(rows.join(done.with_columns(parent="row").drop("row"), on="_life", maintain_order="left"))


def _cin_plans(plans: pl.DataFrame, episode: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    rows = _of_episodes(plans.filter(_touches("start_date", "end_date", opening, closing)), episode, "episode_id")
    return _numbered(rows.with_columns(CINPlanStartDate="start_date", CINPlanEndDate=_known("end_date", closing)))


def _enquiries(enquiries: pl.DataFrame, episode: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    held_now = pl.col("conference_date").is_between(opening, closing).fill_null(False)
    seen = enquiries.filter(pl.col("start_date").is_between(opening, closing) | held_now)
    return _numbered(
        _of_episodes(seen, episode, "section_47_id").with_columns(
            S47ActualStartDate="start_date",
            InitialCPCtarget="target_date",
            DateOfInitialCPC=_known("conference_date", closing),
            ICPCnotRequired="is_conference_not_required",
        )
    )


def _cp_plans(plans: pl.DataFrame, episode: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    rows = _of_episodes(plans.filter(_touches("start_date", "end_date", opening, closing)), episode, "plan_id")
    return _numbered(
        rows.with_columns(
            CPPstartDate="start_date",
            CPPendDate=_known("end_date", closing),
            InitialCategoryOfAbuse="initial_category",
            LatestCategoryOfAbuse="latest_category",
            NumberOfPreviousCPP="previous_plans",
        )
    )


def _reviews(reviews: pl.DataFrame, plans: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    """The year's reviews, and the last one before it of plans that were open then."""
    reviews = reviews.filter(pl.col("review_date") <= closing).rename({"plan_id": "_life"})
    before = pl.when(pl.col("review_date") < opening).then("review_date").max().over("_life")
    seen = reviews.filter((pl.col("review_date") >= opening) | (pl.col("review_date") == before))
    rows = seen.join(plans.with_columns(parent="row").drop("row"), on="_life", maintain_order="left")
    return _numbered(rows.with_columns(CPPreviewDate="review_date"))
