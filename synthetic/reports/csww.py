"""The social work workforce census of a year: what it says of workers and their posts, as known on its 30 September."""

from datetime import date

import polars as pl

from loaders import spec
from synthetic.reports import as_the_year_knows, message_header

INSTITUTIONS = ["University of Nowhere", "Imaginary College", "Institute of Made-Up Studies", "Fictional University"]
NEWLY_QUALIFIED = "1"
STATUS = {"1": "4", "2": "4", "3": "3", "4": "3", "5": "2", "6": "2"}  # knowledge and skills, by role
OLD_SEX = {"M": "1", "F": "2"}  # up to 2023
PAY_ITEMS = {
    "recruitment_bonus": "RecruitmentBonus",
    "retention_bonus": "RetentionBonus",
    "performance_award": "PerformanceAward",
    "car_allowance": "CarAllowance",
    "relocation_package": "RelocationPackage",
    "regional_weighting": "RegionalWeighting",
    "cost_swe": "CostSWE",
    "cost_dbs": "CostDBS",
}


def rows(lives: dict[str, pl.DataFrame], la_code: str | None, year: int) -> dict[str, pl.DataFrame]:
    """One frame per table of the specification; of all authorities that have workers where `la_code` is None.

    Columns: la_code, record (post of the file; 0 for what the authority says of itself), row, parent (none has one),
    those of the specification, and `_worker_id`, `_life` (id of the post). `record` and `row` count from 1 in each
    authority.
    """
    workers = _workers(lives, la_code, year)
    las = workers.select("la_code").unique(maintain_order=True)
    found = {
        "header": message_header(las["la_code"], "CSWW", date(year, 9, 30), month=11),
        "la_level": _authorities(lives["workforce"], las, year),
        "workers": workers,
    }
    return as_the_year_knows(found, spec.returns()["csww"], year)


def _workers(lives: dict[str, pl.DataFrame], la_code: str | None, year: int) -> pl.DataFrame:
    posts = lives["worker_years"].filter(return_year=year)
    posts = posts if la_code is None else posts.filter(la_code=la_code)
    about = lives["worker_posts"].drop("la_code").join(lives["workers"], on="worker_id", maintain_order="left")
    rows = posts.join(about, on="post_id", maintain_order="left").sort("la_code", "swe_number", "start_date", "post_id")
    is_agency, has_left = pl.col("kind") == "agency", pl.col("kind") == "leaver"
    begins = pl.col("start_date").is_between(date(year - 1, 10, 1), date(year, 9, 30))
    status = pl.when(begins & (pl.col("start_origin") == NEWLY_QUALIFIED)).then(pl.lit("1"))
    status = status.otherwise(pl.col("org_role").replace_strict(STATUS, default=None))
    institution = (pl.col("worker_id") % len(INSTITUTIONS)).replace_strict(dict(enumerate(INSTITUTIONS)))
    own = {  # not asked for of agency workers
        "PersonBirthDate": pl.col("birth_date"),
        "GenderCurrent": pl.col("sex").replace_strict(OLD_SEX),
        "Sex": pl.col("sex"),
        "Ethnicity": pl.col("ethnicity"),
        "QualInst": institution,
        "QualLevel": pl.col("qualification_level"),
        "StepUpGrad": _yes_no("is_step_up"),
        "OrgRole": pl.col("org_role"),
        "RoleStartDate": pl.col("start_date"),
        "StartOrigin": pl.col("start_origin"),
        "FTE30": pl.col("fte_before"),
        "WorkingDaysLost": pl.col("working_days_lost"),
        "FrontlineGrad": _yes_no("is_frontline"),
        "CFKSSstatus": status,
        "BaseSalary": pl.col("base_salary"),
    }
    return rows.select(
        "la_code",
        record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"),
        row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"),
        parent=pl.lit(None, pl.Int64),
        AgencyWorker=is_agency.cast(pl.Int8).cast(pl.String),
        SWENo="swe_number",
        FTE="fte",
        RoleEndDate=pl.when(has_left).then("end_date"),
        LeaverDestination=pl.when(has_left).then("leaver_destination"),
        ReasonLeave=pl.when(has_left).then("reason_leave"),
        Cases30=pl.when(~has_left).then("cases"),
        ContractWeeks=pl.when(is_agency).then("contract_weeks"),
        Absat30Sept=pl.when(pl.col("kind") == "in_post").then(
            pl.col("absence_reason").is_not_null().cast(pl.Int8).cast(pl.String)
        ),
        ReasonAbsence="absence_reason",
        **{name: pl.when(~is_agency).then(value) for name, value in own.items()},
        _worker_id="worker_id",
        _life="post_id",
    )


def _yes_no(flag: str) -> pl.Expr:
    return pl.col(flag).cast(pl.Int8).cast(pl.String)


def _authorities(workforce: pl.DataFrame, las: pl.DataFrame, year: int) -> pl.DataFrame:
    rows = las.join(workforce.filter(return_year=year), on="la_code", maintain_order="left")
    return rows.select(
        "la_code",
        record=pl.lit(0, pl.Int64),
        row=pl.lit(1, pl.Int64),
        parent=pl.lit(None, pl.Int64),
        NumberOfVacancies="vacancies_fte",
        NoAgencyFTE="agency_cover_fte",
        NoAgencyHeadcount="agency_cover_headcount",
        **{to: pl.col(name) for name, to in PAY_ITEMS.items()},
    )
