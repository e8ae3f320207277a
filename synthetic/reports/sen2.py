"""The SEN2 census of a year: what it says of plans and requests, as known on the third Thursday of its January.

Flows are those of the calendar year before. What was concluded before that year is historical: its outcome is H, and
nothing more is told of it than the plan that came of it.
"""

from datetime import date

import polars as pl

from loaders import spec
from synthetic import names, people, send_details
from synthetic.reports import as_recorded, as_the_year_knows, message_header

HISTORICAL, OPEN = "H", "A"
DECIDED = ["Y", "N"]
ELSEWHERE = "XXX"  # an authority outside London, or not known
SETTING = {"EY": "EYP", "EO": "OTH", "EX": "OTH", "EW": "OTH"}  # of the lives' settings, where SEN2 has another code
NAMED = ["EYP", "EHE", "OLA", "OPA", "OTH"]  # what a plan can name without a number
NO_SETTING, OTHER = "NONE", ["OTH", "NIEO"]
OTHER_SETTING = "An arrangement made up for this file"
BEFORE_SCHOOL, OF_AGE = 5, 16  # years of age from which there is a pupil number, and a learner number
NO_NUMBER = ["UN2", "UN2", "UN3", "UN5", "UN9"]  # why somebody of school age has none
OLD_SEX = {"M": "1", "F": "2"}  # up to 2023
TRUTH = ["la_code", "record", "row", "parent", "_child_id", "_person_id"]


def rows(lives: dict[str, pl.DataFrame], la_code: str | None, year: int) -> dict[str, pl.DataFrame]:
    """One frame per table of the specification that the year knows; of all authorities where `la_code` is None.

    Columns: la_code, record (person of the file; 0 for the header), row, parent (row in the parent table), those of
    the specification but for the keys of flat tables, and `_child_id`, `_person_id`, `_life` (id of the request, plan
    or placement). `record` and `row` count from 1 in each authority.
    """
    lives = as_recorded(lives)
    census = send_details.census_days(range(year, year + 1))["census_date"].item()
    opening = date(year - 1, 1, 1)
    cases = _cases(lives, la_code, opening, census)
    persons = _persons(lives["children"], cases, census)
    cases = cases.join(
        persons.select("_child_id", "_person_id", "record", person="row"), on="_child_id", maintain_order="left"
    ).sort("la_code", "record", "received_date", "case", nulls_last=False)
    requests = _numbered(cases, "person")
    assessments = _numbered(_under(requests, pl.col("assessment").is_not_null()))
    plans = _numbered(_under(assessments, pl.col("plan_id").is_not_null()))
    active = _numbered(_under(requests, pl.col("is_in_force").fill_null(value=False)))
    stays = _stays(lives, census)
    active = _active(active, lives, stays, opening, census)
    found = {
        "header": message_header(persons["la_code"].unique(), "SEN2", census, month=2).with_columns(
            Release=pl.lit("1"), SerialNo=pl.lit("001"), DMO=pl.lit("Y"), DCO=pl.lit("Y"), DSCO=pl.lit("N")
        ),
        "persons": persons,
        "requests": _of_requests(requests),
        "assessments": _of_assessments(assessments, census),
        "named_plans": _of_plans(plans, stays, census),
        "plan_details": _details(plans, stays, census),
        "active_plans": active,
        "placement_details": _attended(active, stays, opening, census),
        "sen_needs": _needs(active),
    }
    return as_the_year_knows(found, spec.returns()["sen2"], year)


def _numbered(frame: pl.DataFrame, parent: str = "parent") -> pl.DataFrame:
    """The rows, which are in the order of the file, numbered in each authority; `parent` is renamed so."""
    row = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code")
    return frame.with_columns(parent=parent).with_columns(row=row)


def _under(frame: pl.DataFrame, which: pl.Expr) -> pl.DataFrame:
    """Some of the rows of a table as what hangs from them."""
    return frame.filter(which).with_columns(parent="row")


def _known(day: str, census: date, value: str | None = None) -> pl.Expr:
    """A day, or what goes with it, as far as it had come."""
    return pl.when(pl.col(day) <= census).then(value or day)


def _cases(lives: dict[str, pl.DataFrame], la_code: str | None, opening: date, census: date) -> pl.DataFrame:
    """A row for each request that a return tells of, with the plan that came of it; or for a plan without one.

    `outcome` and `assessment` are those known on the census day; the plan's columns are null where there is none yet.
    """
    requests, plans = lives["ehc_requests"], lives["ehc_plans"]
    if la_code is not None:
        requests, plans = (frame.filter(la_code=la_code) for frame in (requests, plans))
    told = (pl.col("since") <= census) & (pl.col("cease_date").is_null() | (pl.col("cease_date") >= opening))
    plans = plans.filter(told).with_columns(
        is_in_force=pl.col("cease_date").is_null() | (pl.col("cease_date") >= census)
    )
    decided = pl.col("outcome").is_in(DECIDED) & (pl.col("decision_date") > census)
    concluded = pl.col("assessment_outcome").is_in(DECIDED) & (pl.col("assessment_date") > census)
    requests = requests.with_columns(
        outcome=pl.when(decided).then(pl.lit(OPEN)).otherwise("outcome"),
        assessment=pl.when(concluded).then(pl.lit(OPEN)).otherwise("assessment_outcome"),
    ).with_columns(assessment=pl.when(pl.col("outcome") == "Y").then("assessment"))
    every = requests.join(
        plans, on=["request_id", "child_id", "la_code"], how="full", coalesce=True, maintain_order="left_right"
    )
    is_open = ((pl.col("outcome") == OPEN) | (pl.col("assessment") == OPEN)) & ~pl.col("is_exported")
    days = [pl.col(name) >= opening for name in ("received_date", "decision_date", "assessment_date")]
    is_told = (pl.col("received_date") < opening.replace(year=census.year)) & pl.any_horizontal(is_open, *days)
    every = every.filter(pl.col("plan_id").is_not_null() | is_told.fill_null(value=False))
    old = (pl.col("assessment_date") < opening) & pl.col("plan_id").is_not_null()
    every = every.with_columns(is_historical=pl.col("request_id").is_null() | old.fill_null(value=False))
    gone = pl.col("is_historical")
    return every.with_columns(
        case=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        outcome=pl.when(gone).then(pl.lit(HISTORICAL)).otherwise("outcome"),
        assessment=pl.when(gone).then(pl.lit(HISTORICAL)).otherwise("assessment"),
        received_date=pl.when(~gone).then("received_date"),
    ).rename({"child_id": "_child_id"})


def _persons(children: pl.DataFrame, cases: pl.DataFrame, census: date) -> pl.DataFrame:
    """Who the return is about, one row each, with their `record`."""
    rows = children.join(cases.select(child_id="_child_id"), on="child_id", how="semi", maintain_order="left")
    rows = rows.sort("la_code", "child_id")
    person, born = pl.col("person_id"), pl.col("birth_date")
    at_school = born <= census.replace(year=census.year - BEFORE_SCHOOL)
    has_upn = at_school & pl.col("upn").is_not_null()
    has_learner = ~has_upn & (born <= census.replace(year=census.year - OF_AGE)) & (person % 2 == 0)
    why_not = (person % len(NO_NUMBER)).replace_strict(dict(enumerate(NO_NUMBER)), return_dtype=pl.String)
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code")
    return rows.select(
        "la_code",
        record=number,
        row=number,
        parent=pl.lit(None, pl.Int64),
        Surname=names.surname(pl.col("household_id")),
        Forename=names.forename(person),
        PersonBirthDate="birth_date",
        GenderCurrent=pl.col("sex").replace_strict(OLD_SEX),
        Sex="sex",
        Ethnicity="ethnicity",
        PostCode=names.postcode(pl.col("household_id")),
        UPN=pl.when(has_upn).then("upn"),
        UniqueLearnerNumber=pl.when(has_learner).then((9_000_000_000 + person).cast(pl.String)),
        UPNunknown=pl.when(~at_school).then(pl.lit("UN1")).when(~has_upn & ~has_learner).then(why_not),
        _child_id="child_id",
        _person_id="person_id",
    )


def _of_requests(requests: pl.DataFrame) -> pl.DataFrame:
    is_known, is_decided = ~pl.col("is_historical"), pl.col("outcome").is_in(DECIDED)
    return requests.select(
        *TRUTH,
        ReceivedDate="received_date",
        RequestSource=pl.when(is_known).then("source"),
        RYA=pl.when(is_known).then("is_rya"),
        RequestOutcomeDate=pl.when(is_decided).then("decision_date"),
        RequestOutcome="outcome",
        RequestMediation=pl.when(is_decided).then("request_mediation"),
        RequestTribunal=pl.when(is_decided).then("request_tribunal"),
        Exported=pl.when(is_known & pl.col("is_exported")).then(pl.lit(ELSEWHERE)),
        _life="request_id",
    )


def _of_assessments(assessments: pl.DataFrame, census: date) -> pl.DataFrame:
    is_decided = pl.col("assessment").is_in(DECIDED)
    flags = {
        "AssessmentMediation": "assessment_mediation",
        "AssessmentTribunal": "assessment_tribunal",
        "OtherMediation": "other_mediation",
        "OtherTribunal": "other_tribunal",
        "Week20": "is_exception",
    }
    return assessments.select(
        *TRUTH,
        AssessmentOutcome="assessment",
        AssessmentOutcomeDate=pl.when(is_decided).then(_known("assessment_date", census)),
        **{name: pl.when(is_decided).then(flag) for name, flag in flags.items()},
        _life="request_id",
    )


def _stays(lives: dict[str, pl.DataFrame], census: date) -> pl.DataFrame:
    """The placements begun by the census day, with the number of the establishment or the code of the arrangement."""
    stays = lives["ehc_placements"].filter(pl.col("start_date") <= census, pl.col("setting") != NO_SETTING)
    numbers = lives["establishments"].select("establishment_id", "urn", "ukprn")
    stays = stays.join(numbers, on="establishment_id", how="left", maintain_order="left")
    has_number = pl.col("urn").is_not_null() | pl.col("ukprn").is_not_null()
    setting = pl.when(~has_number).then(pl.col("setting").replace(SETTING))
    mainstream = pl.col("setting").str.starts_with("M") & pl.col("urn").is_not_null()
    return stays.select(
        "placement_id",
        "plan_id",
        "start_date",
        "end_date",
        URN="urn",
        UKPRN="ukprn",
        SENSetting=setting,
        SENSettingOther=pl.when(setting.is_in(OTHER)).then(pl.lit(OTHER_SETTING)),
        PlacementRank="rank",
        SENunitIndicator=pl.when(mainstream).then(pl.col("setting").str.ends_with("_U")),
        ResourcedProvisionIndicator=pl.when(mainstream).then(pl.col("setting").str.ends_with("_R")),
        Res="residential",
        WBP="work_based",
    )


def _on(stays: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """The placement of each plan on a day."""
    there = (pl.col("start_date") <= day) & (pl.col("end_date").is_null() | (pl.col("end_date") >= day))
    return stays.filter(there).unique("plan_id", keep="first", maintain_order=True)


def _of_plans(plans: pl.DataFrame, stays: pl.DataFrame, census: date) -> pl.DataFrame:
    now = _on(stays, pl.lit(census)).select("plan_id", "Res", "WBP")
    rows = plans.join(now, on="plan_id", how="left", maintain_order="left")
    has_budget = pl.col("direct_payment").is_not_null() | pl.col("is_organised")
    return rows.select(
        *TRUTH,
        StartDate="start_date",
        PlanRes="Res",
        PlanWBP="WBP",
        PB=has_budget,
        OA=pl.when(has_budget).then("is_organised"),
        DP="direct_payment",
        CeaseDate=_known("cease_date", census),
        CeaseReason=_known("cease_date", census, "cease_reason"),
        _life="plan_id",
    )


def _details(plans: pl.DataFrame, stays: pl.DataFrame, census: date) -> pl.DataFrame:
    """What the plans name, if SEN2 has a number or a code for it."""
    named = send_details.named(plans.select("plan_id", "cease_date"), stays, census)
    named = named.filter(pl.col("SENSetting").is_null() | pl.col("SENSetting").is_in(NAMED))
    rows = _under(plans, pl.lit(value=True)).select(*TRUTH, "plan_id")
    found = rows.join(named, on="plan_id", maintain_order="left")
    return _numbered(found).select(
        *TRUTH,
        *("URN", "UKPRN", "SENSetting", "SENSettingOther", "PlacementRank"),
        *("SENunitIndicator", "ResourcedProvisionIndicator"),
        _life="placement_id",
    )


def _active(
    active: pl.DataFrame, lives: dict[str, pl.DataFrame], stays: pl.DataFrame, opening: date, census: date
) -> pl.DataFrame:
    """The plans in force with their last review, and the phase transfer that was due in the calendar year."""
    reviews = lives["ehc_reviews"].filter(pl.col("meeting_date") <= census).sort("plan_id", "meeting_date")
    reviews = reviews.unique("plan_id", keep="last", maintain_order=True).select(
        "plan_id", "meeting_date", "draft_date", reviewed="decision_date", review_outcome="outcome"
    )
    transfers = lives["ehc_transfers"].filter(pl.col("due_date").dt.year() == opening.year)
    now = _on(stays, pl.lit(census)).select("plan_id", "Res", "WBP")
    las = people.authorities()
    rows = active
    for more in (reviews, transfers, now):
        rows = rows.join(more, on="plan_id", how="left", maintain_order="left")
    came = pl.col("came_from").is_not_null() & (pl.col("since").dt.year() == opening.year)
    origin = pl.col("came_from").replace_strict(las["la_code"], las["dfe_la_code"], default=ELSEWHERE)
    return rows.select(
        *TRUTH,
        "plan_id",
        "need",
        "second_need",
        TransferLA=pl.when(came).then(origin),
        Res="Res",
        WBP="WBP",
        ReviewMeeting="meeting_date",
        LastReview=_known("reviewed", census),
        ReviewOutcome=_known("reviewed", census, "review_outcome"),
        ReviewDraft=_known("draft_date", census),
        PhaseTransferDueDate="due_date",
        PhaseTransferFinalDate=_known("final_date", census),
        _life="plan_id",
    )


def _attended(active: pl.DataFrame, stays: pl.DataFrame, opening: date, census: date) -> pl.DataFrame:
    """The placements of the plans in force from the calendar year on."""
    lately = stays.filter(pl.col("end_date").is_null() | (pl.col("end_date") >= opening))
    rows = _under(active, pl.lit(value=True)).select(*TRUTH, "plan_id")
    rows = rows.join(lately.sort("plan_id", "start_date"), on="plan_id", maintain_order="left_right")
    return _numbered(rows).select(
        *TRUTH,
        *("URN", "UKPRN", "SENSetting", "SENSettingOther", "PlacementRank", "Res", "WBP"),
        *("SENunitIndicator", "ResourcedProvisionIndicator"),
        EntryDate="start_date",
        LeavingDate=_known("end_date", census),
        AttendancePattern=pl.lit("FT"),
        _life="placement_id",
    )


def _needs(active: pl.DataFrame) -> pl.DataFrame:
    known = {code.code for code in spec.code_list("sen2", "need")}
    rows = _under(active, pl.lit(value=True)).with_columns(SENtype=pl.concat_list("need", "second_need"))
    rows = rows.with_columns(SENtypeRank=pl.lit(["1", "2"])).explode("SENtype", "SENtypeRank")
    return _numbered(rows.filter(pl.col("SENtype").is_in(known))).select(
        *TRUTH, "SENtype", "SENtypeRank", _life="plan_id"
    )
