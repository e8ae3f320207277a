"""What the workforce census, SEN2, Annex A and the quarterly return say of lives short enough to read, and what not."""

import io
from datetime import date

import polars as pl
import pytest

from loaders import landing, spec, vault
from loaders.quality import failures, run_checks
from loaders.workbook_rows import contents, heads
from synthetic import files, key, make, names, shapes, workbooks
from synthetic.key_counts import seed
from synthetic.reports import annex_a, annex_a_send, csww, in_records, quarterly, sen2, year_of

CAMDEN = "E09000007"
YEARS = range(2023, 2026)
SMALL = ["E09000007", "E09000021"]
LISTS = {annex_a: "annex_a", annex_a_send: "annex_a_send"}
OF_LISTS = ["episodes", "section_47s", "cp_plans", "periods", "care_episodes", "missing", "leavers"]
OF_LISTS += ["adoptions", "adoption_decisions"]
CELLS = ["measure_id", pl.col("numerator").cast(pl.Int64), pl.col("denominator").cast(pl.Int64)]


@pytest.fixture(scope="module")
def lives() -> dict[str, pl.DataFrame]:
    return make.live(SMALL, YEARS, 2, 0.06)


def workers() -> dict[str, pl.DataFrame]:
    """Three posts of Camden in 2024: one who stays, one who left, and an agency worker."""
    who = [(1, "SW1", "F", date(1980, 5, 1)), (2, "SW2", "M", date(1990, 5, 1)), (3, "SW3", "F", date(1985, 5, 1))]
    posts = [
        (1, 1, False, date(2023, 11, 1), None, "1", None, None),
        (2, 2, False, date(2015, 1, 5), date(2024, 3, 1), "2", "1", "5"),
        (3, 3, True, date(2024, 1, 1), date(2025, 2, 1), None, None, None),
    ]
    years = [
        (1, 2023, "in_post", 1.0, 1.0, 9),
        (1, 2024, "in_post", 0.8, 0.0, 11),
        (2, 2023, "in_post", 0.6, 0.6, 4),
        (2, 2024, "leaver", 0.0, 0.6, None),
        (3, 2024, "agency", 1.0, 0.0, 5),
    ]
    person = ["worker_id", "swe_number", "sex", "birth_date"]
    post = ["post_id", "worker_id", "is_agency", "start_date", "end_date", "start_origin"]
    year = ["post_id", "return_year", "kind", "fte", "fte_before", "cases"]
    items = [*csww.PAY_ITEMS]
    return {
        "workers": pl.DataFrame(who, schema=person, orient="row").with_columns(
            ethnicity=pl.lit("WBRI"), qualification_level=pl.lit("1"), is_step_up=False, is_frontline=False
        ),
        "worker_posts": pl.DataFrame(
            posts, schema=[*post, "leaver_destination", "reason_leave"], orient="row"
        ).with_columns(la_code=pl.lit(CAMDEN)),
        "worker_years": pl.DataFrame(years, schema=year, orient="row").with_columns(
            la_code=pl.lit(CAMDEN),
            org_role=pl.when(pl.col("kind") != "agency").then(pl.lit("5")),
            working_days_lost=pl.when(pl.col("kind") != "agency").then(2.5),
            absence_reason=pl.lit(None, pl.String),
            contract_weeks=pl.when(pl.col("kind") == "agency").then(26),
            base_salary=pl.lit(40_000.0),
        ),
        "workforce": pl.DataFrame(
            {
                "la_code": [CAMDEN],
                "return_year": [2024],
                "vacancies_fte": [2.5],
                "agency_cover_fte": [1.0],
                "agency_cover_headcount": [1],
            }
        ).with_columns(pl.lit("1").alias(name) for name in items),
    }


def test_of_agency_workers_nothing_personal_is_asked_and_leavers_have_no_hours():
    rows = csww.rows(workers(), CAMDEN, 2024)["workers"]
    stays, left, agency = rows.sort("SWENo").to_dicts()
    assert (stays["FTE"], stays["FTE30"], stays["Cases30"], stays["RoleEndDate"]) == (0.8, 0.0, 11, None)
    assert (left["FTE"], left["FTE30"], left["Cases30"], left["RoleEndDate"]) == (0.0, 0.6, None, date(2024, 3, 1))
    assert (left["LeaverDestination"], left["ReasonLeave"], stays["ReasonLeave"]) == ("1", "5", None)
    assert agency["AgencyWorker"] == "1"
    assert [agency[name] for name in ("PersonBirthDate", "Sex", "OrgRole", "RoleStartDate")] == [None] * 4
    assert (agency["ContractWeeks"], agency["RoleEndDate"]) == (26, None)


def test_fields_of_workers_come_and_go_with_the_years():
    earlier, later = (csww.rows(workers(), CAMDEN, year) for year in (2023, 2024))
    assert earlier["workers"]["GenderCurrent"].to_list() == ["2", "1"]
    assert "Sex" not in earlier["workers"].columns
    assert later["workers"]["Sex"].drop_nulls().to_list() == ["F", "M"]
    assert "RecruitmentBonus" not in later["la_level"].columns
    assert later["header"]["ReferenceDate"].to_list() == [date(2024, 9, 30)]


def test_the_key_of_three_workers_is_counted_by_hand():
    sent = pl.DataFrame({"return_name": ["csww"] * 2, "la_code": [CAMDEN] * 2, "return_year": [2023, 2024]})
    every = key.measures(workers() | {"children": pl.DataFrame()}, sent).filter(breakdown="all")
    found = {
        row["measure_id"]: (float(row["numerator"]), row["denominator"] and float(row["denominator"]))
        for row in every.filter(period_end=date(2024, 9, 30)).iter_rows(named=True)
    }
    assert (found["W01"], found["W02"], found["W03"], found["W04"]) == ((0.8, None), (1, None), (0.8, None), (1, None))
    assert (found["W06"], found["W08"]) == ((0.6, 0.8), (1.0, 1.8))
    assert (found["W10"], found["W13"]) == ((2.5, 3.3), (1.0, 2.5))
    assert found["W16"] == (16, 1.8)
    assert found["W18"] == (5.0, 203.2)  # 0.8 of 254 days
    assert found["W29"] == (pytest.approx(0.8 - 1.6), 1.6)
    assert found["W30"] == (1, 2)
    assert set(every.filter(measure_id="W30")["period_end"]) == {date(2024, 9, 30)}  # nothing before 2023 was sent


def special(**changes) -> dict[str, pl.DataFrame]:
    """One child of Camden with a request, a plan from it, a placement, a review and a transfer; years 2022 to 2024."""
    frames = {
        "children": {
            "child_id": 1, "person_id": 1, "la_code": CAMDEN, "la_child_id": "A1", "upn": "A202900017001",
            "birth_date": date(2013, 4, 1), "sex": "M", "ethnicity": "WBRI", "household_id": 1, "disabilities": [],
        },
        "ehc_requests": {
            "request_id": 5, "child_id": 1, "la_code": CAMDEN, "received_date": date(2022, 11, 1), "source": "1",
            "is_rya": False, "outcome": "Y", "decision_date": date(2022, 12, 10), "is_exported": False,
            "request_mediation": False, "request_tribunal": False, "assessment_outcome": "Y",
            "assessment_date": date(2023, 3, 1), "is_exception": False, "assessment_mediation": False,
            "assessment_tribunal": False, "other_mediation": False, "other_tribunal": False,
        },
        "ehc_plans": {
            "plan_id": 7, "child_id": 1, "la_code": CAMDEN, "request_id": 5, "start_date": date(2023, 3, 1),
            "since": date(2023, 3, 1), "came_from": None, "cease_date": None, "cease_reason": None, "need": "ASD",
            "second_need": "SLCN", "direct_payment": "E", "is_organised": False,
        },
        "ehc_placements": {
            "placement_id": 9, "plan_id": 7, "la_code": CAMDEN, "setting": "ML_R", "establishment_id": 3, "rank": "1",
            "start_date": date(2017, 9, 1), "end_date": date(2024, 8, 31), "residential": None, "work_based": None,
        },
        "ehc_reviews": {
            "plan_id": 7, "meeting_date": date(2024, 2, 20), "decision_date": date(2024, 3, 5), "outcome": "M",
            "draft_date": None,
        },
        "ehc_transfers": {"plan_id": 7, "due_date": date(2024, 2, 15), "final_date": date(2024, 2, 10)},
        "establishments": {
            "establishment_id": 3, "la_code": CAMDEN, "kind": "ML", "urn": "900003", "ukprn": None,
        },
    }  # fmt: skip
    text = {"came_from": pl.String, "cease_date": pl.Date, "cease_reason": pl.String, "ukprn": pl.String}
    text |= {
        "residential": pl.String,
        "work_based": pl.String,
        "draft_date": pl.Date,
        "disabilities": pl.List(pl.String),
    }
    made = {
        name: pl.DataFrame([row | changes.get(name, {})], schema_overrides={k: v for k, v in text.items() if k in row})
        for name, row in frames.items()
    }
    return made | {"episodes": pl.DataFrame(), "care_episodes": pl.DataFrame()}


def test_a_request_is_open_then_concluded_then_historical():
    first, second, third = (sen2.rows(special(), CAMDEN, year) for year in (2023, 2024, 2025))
    assert first["requests"].select("RequestOutcome", "ReceivedDate").row(0) == ("Y", date(2022, 11, 1))
    assert first["assessments"].select("AssessmentOutcome", "AssessmentOutcomeDate").row(0) == ("A", None)
    assert first["named_plans"].is_empty()
    assert second["assessments"].select("AssessmentOutcome", "AssessmentOutcomeDate").row(0) == ("Y", date(2023, 3, 1))
    assert second["named_plans"].select("StartDate", "PB", "DP").row(0) == (date(2023, 3, 1), True, "E")
    assert third["requests"].select("RequestOutcome", "ReceivedDate").row(0) == ("H", None)
    assert third["assessments"]["AssessmentOutcome"].to_list() == ["H"]
    assert third["named_plans"].height == 1


def test_reviews_placements_and_transfers_are_told_as_far_as_they_are_known():
    second, third = (sen2.rows(special(), CAMDEN, year) for year in (2024, 2025))
    assert second["active_plans"]["ReviewMeeting"].to_list() == [None]
    assert second["placement_details"].select("URN", "ResourcedProvisionIndicator", "LeavingDate").row(0) == (
        "900003",
        True,
        None,
    )
    about = third["active_plans"].select("ReviewMeeting", "ReviewOutcome", "PhaseTransferDueDate").row(0)
    assert about == (date(2024, 2, 20), "M", date(2024, 2, 15))
    assert third["placement_details"]["LeavingDate"].to_list() == [date(2024, 8, 31)]
    assert third["sen_needs"].select("SENtype", "SENtypeRank").rows() == [("ASD", "1"), ("SLCN", "2")]


def test_the_key_of_one_plan_is_counted_by_hand():
    sent = pl.DataFrame({"return_name": ["sen2"] * 3, "la_code": [CAMDEN] * 3, "return_year": [2023, 2024, 2025]})
    every = key.measures(special(), sent).filter(breakdown="all").with_columns(year=pl.col("period_end").dt.year())
    found = {
        (row["measure_id"], row["year"]): (float(row["numerator"]), row["denominator"] and float(row["denominator"]))
        for row in every.iter_rows(named=True)
    }
    assert set(every["period_end"]) == {date(2023, 1, 19), date(2024, 1, 18), date(2025, 1, 16)}
    assert [found["S04", year][0] for year in (2023, 2024, 2025)] == [1, 0, 0]
    assert (found["S05", 2023], found["S09", 2023], found["S37", 2023]) == ((1, 1), (1, 1), (1, None))
    assert [found["S03", year][0] for year in (2023, 2024, 2025)] == [0, 1, 0]
    assert (found["S17", 2024], found["S20", 2024]) == ((1, 1), (pytest.approx(120 / 7, abs=1e-6), 1))
    assert [found["S01", year][0] for year in (2023, 2024, 2025)] == [0, 1, 1]
    assert (found["S29", 2024], found["S29", 2025], found["S30", 2025]) == ((0, 1), (1, 1), (1, 1))
    assert (found["S32", 2025], found["S33", 2025], found["S34-E", 2025]) == ((1, 1), (1, 1), (1, 1))


def test_a_child_before_school_age_has_no_pupil_number():
    young = special(children={"birth_date": date(2021, 4, 1)})
    person = sen2.rows(young, CAMDEN, 2024)["persons"].row(0, named=True)
    assert (person["UPN"], person["UPNunknown"]) == (None, "UN1")
    assert person["Forename"] in names.FORENAMES
    assert person["PostCode"].startswith(names.AREA)


@pytest.mark.parametrize("report", LISTS, ids=LISTS.get)
@pytest.mark.parametrize("day", [date(2023, 9, 30), date(2025, 3, 31)])
def test_lists_know_nothing_after_their_day_and_a_child_stands_in_them_as_often_as_it_should(lives, report, day):
    return_name = LISTS[report]
    tables = report.rows(lives, None, day)
    for table in spec.returns()[return_name].tables:
        rows = tables[table.name]
        keys = ["la_code", *table.meta.grain]
        assert rows.select(keys).is_unique().all()
        for column in table.columns:
            if column.name not in rows.columns:
                assert not spec.within(column.meta.years, year_of(day)) or column.meta.required != "always", column.name
                continue
            if column.meta.type == "date" and column.name != "birth_date":
                assert (rows[column.name].drop_nulls() <= day).all(), (table.name, column.name)
            if column.meta.required == "always":
                assert rows[column.name].null_count() == 0, (table.name, column.name)
            if column.meta.code_list:
                codes = {code.code for code in spec.code_list(return_name, column.meta.code_list)}
                assert set(rows[column.name].drop_nulls()) <= codes, (table.name, column.name)


def told(lives: dict[str, pl.DataFrame], day: date = date(2025, 3, 31), **rows: list[dict]):
    """What the lists and the key's totals are of a girl of Camden with these rows alone in some frames of lives."""
    girl = {"child_id": 1, "la_code": CAMDEN, "la_child_id": "A1", "birth_date": date(2012, 5, 1), "sex": "F"}
    frames = {name: [] for name in OF_LISTS} | rows | {"children": [girl | {"disabilities": []}]}
    made = lives | {name: pl.DataFrame(of, schema=lives[name].schema) for name, of in frames.items()}
    sent = pl.DataFrame({"return_name": "annex_a", "la_code": CAMDEN, "return_year": [2025], "period_end": [day]})
    totals = key.measures(made, sent).filter(breakdown="all")
    return annex_a.rows(made, CAMDEN, day), {row[0]: row[1:] for row in totals.select(CELLS).iter_rows()}


def test_lists_look_back_from_the_latest_referral_and_enquiry_and_leave_these_out(lives):
    referred = [
        date(2024, 1, 31),
        date(2024, 2, 1),
        date(2024, 12, 1),
        date(2025, 2, 1),
    ]  # the latest; a year before is in
    enquiries = {date(2024, 11, 1): date(2024, 11, 12), date(2025, 2, 3): date(2025, 2, 12), date(2025, 3, 18): None}
    lists, totals = told(
        lives,
        episodes=[
            {
                "episode_id": number,
                "child_id": 1,
                "la_code": CAMDEN,
                "referral_date": day,
                "source": "6",
                "is_nfa": False,
            }
            for number, day in enumerate(referred)
        ],
        section_47s=[
            {"section_47_id": 1, "episode_id": 3, "start_date": day, "conference_date": held}
            | {"is_conference_not_required": held is None}
            for day, held in enquiries.items()
        ],
    )
    assert lists["referrals"]["referrals_last_12_months"].to_list() == [2, 2]
    assert (totals["A301"], totals["A304"]) == ((2, None), (1, 1))
    enquired = lists["section_47"].select("s47_last_12_months", "icpc_last_12_months", "icpc_not_required").rows()
    assert enquired == [(2, 2, "NO"), (2, 2, "NO"), (2, 2, None)]  # found unnecessary a fortnight later
    assert (totals["A501"], totals["A503"], totals["A506-C"], totals["A507"]) == ((3, None), (0, 2), (1, 1), (0, 1))


def test_a_child_in_care_has_the_placements_of_twelve_months_and_is_missing_from_this_period_alone(lives):
    spans = [(1, date(2023, 5, 1), date(2024, 6, 30)), (2, date(2024, 10, 1), None)]
    stays = [
        (1, date(2023, 5, 1), date(2024, 3, 31), "S", "U6", "N1 1AA"),  # ended twelve months before, which is out
        (1, date(2024, 3, 31), date(2024, 6, 30), "P", "U6", "N1 1AB"),
        (2, date(2024, 10, 1), date(2024, 12, 1), "S", "K2", "N1 1AC"),
        (2, date(2024, 12, 1), date(2025, 1, 1), "L", "K2", "N1 1AC"),  # the same placement
        (2, date(2025, 1, 1), None, "P", "R1", "N1 1AD"),
    ]
    names = ["period_id", "start_date", "end_date", "rne", "placement_type", "placement_postcode"]
    lists, totals = told(
        lives,
        periods=[
            {"period_id": number, "start_date": start, "end_date": end, "child_id": 1, "la_code": CAMDEN}
            | {"is_short_breaks": False}
            for number, start, end in spans
        ],
        care_episodes=[dict(zip(names, stay, strict=True), child_id=1, legal_status="V2", need="N1") for stay in stays],
        missing=[
            {"child_id": 1, "missing": kind, "start_date": day, "end_date": day}
            for kind, day in (("M", date(2024, 5, 1)), ("M", date(2024, 11, 1)), ("A", date(2024, 11, 5)))
        ],
    )
    (child,) = lists["children_in_care"].to_dicts()
    assert (child["placements_last_12_months"], child["placement_start_date"]) == (3, date(2025, 1, 1))
    assert (child["missing_episodes_12_months"], child["absent_episodes_12_months"]) == (1, 1)
    assert (child["repeat_period_12_months"], totals["A816"]) == ("YES", (1, 1))
    assert (totals["A801"][0], totals["A806"], totals["A814-E"], totals["A814-A"]) == (1, (1, 1), (1, None), (1, 1))


@pytest.mark.parametrize("shape", shapes.OF_WORKBOOKS)
@pytest.mark.parametrize("return_name", list(make.DAYS))
def test_a_workbook_is_read_as_the_lists_that_were_written_however_it_is_filled_in(lives, return_name, shape):
    day = date(2025, 3, 31)
    source, tables = spec.returns()[return_name], make.REPORTS[return_name].rows(lives, CAMDEN, day)
    tables = {name: files.as_text(return_name, name, rows) for name, rows in in_records(tables, source).items()}
    ((la_code, book),) = workbooks.to_workbooks(return_name, day, tables, {CAMDEN: shape})
    assert la_code == CAMDEN
    found = contents(source, heads(io.BytesIO(book)))
    assert set(found.tables) == set(tables)
    assert (found.findings, found.problems) == ([], [])
    assert [(la_code, book)] == list(workbooks.to_workbooks(return_name, day, tables, {CAMDEN: shape}))


def test_an_authority_alone_lists_who_it_lists_among_others(lives):
    day = date(2025, 3, 31)
    every, alone = annex_a_send.rows(lives, None, day), annex_a_send.rows(lives, CAMDEN, day)
    for name, rows in alone.items():
        assert rows.height > 10, name
        assert rows.equals(every[name].filter(la_code=CAMDEN)), name


def test_nobody_with_a_plan_is_on_sen_support_too(lives):
    tables = annex_a_send.rows(lives, None, date(2025, 3, 31))
    assert tables["sen_support"].join(tables["plans"], on="_child_id").is_empty()
    plans = lives["ehc_plans"].filter(
        pl.col("since") <= date(2025, 3, 31),
        pl.col("cease_date").is_null() | (pl.col("cease_date") > date(2025, 3, 31)),
    )
    assert set(tables["plans"]["_child_id"]) == set(plans["child_id"])


def test_area_send_workbooks_land_with_nothing_to_mend(data):
    made = make.synthesise(
        data.home.root,
        scale=0.02,
        years=range(2022, 2025),
        las=["Camden", "Sutton"],
        returns=["annex_a_send"],
        error_rate=0,
    )
    days = {path.parent.name for path in made.inbox.rglob("*.xlsx")}
    assert days == {"2022-09-30", "2023-03-31", "2023-09-30", "2024-03-31"}  # the lists begin with 2023
    assert (made.files, made.faults) == (8, 0)
    outcomes = landing.load(data.home, [data.home.inbox])
    assert {(one.status, one.return_name, *one.findings) for one in outcomes} == {("landed", "annex_a_send")}
    assert all(min(one.table_rows.values()) > 0 for one in outcomes)
    with vault.connect(data.home, vault=True) as connection:
        assert failures.store(connection, failures.landed(connection)) == 0


@pytest.mark.parametrize(
    ("return_name", "expected"),
    [
        ("annex_a", ["2023-09-30", "2024-03-31"]),
        ("quarterly", ["2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"]),
    ],
)
def test_a_snapshot_lies_in_a_folder_of_its_day(tmp_path, return_name, expected):
    made = make.synthesise(
        tmp_path, scale=0.02, years=range(2024, 2025), las=["Camden"], returns=[return_name], error_rate=0
    )
    days = sorted(path.parent.name for path in made.inbox.rglob("*.xlsx"))
    assert days == expected
    assert (made.files, made.faults) == (len(expected), 0)


def test_the_key_has_each_child_of_a_snapshot_once_where_the_loader_finds_it(data):
    las = ["Camden", "Barnet"]
    make.synthesise(data.home.root, scale=0.05, years=range(2024, 2025), las=las, returns=["annex_a"], error_rate=3)
    data.load()
    records = pl.read_parquet(data.home.root / "answer_key/records.parquet")
    assert records.select("la_code", "period_end", "child_id").is_unique().all()
    found = pl.concat(
        pl.DataFrame(data.raw(f"annex_a__{name}"), infer_schema_length=None)
        .select("la_code", "period_end", pl.col("source_row").cast(pl.Int64), "child_id", table=pl.lit(name))
        .cast({"child_id": pl.String})
        for name in records["table"].unique()
    )
    where = ["la_code", "period_end", "table", "source_row"]
    both = records.rename({"child_id": "about"}).join(found, on=where)
    assert both.height == records.height > 100
    assert both["written_id"].str.strip_chars().eq_missing(both["child_id"].str.strip_chars()).all()
    # a reference that no record has was spoiled, there or in a later list
    strange = found.join(both, on="child_id", how="anti")
    faults = pl.read_parquet(data.home.root / "answer_key/faults.parquet").filter(column="child_id")
    assert set(strange["child_id"]) <= {*faults["value"], *faults["true_value"]}


def test_choices_are_written_with_their_letter_and_label():
    written = workbooks.choices("annex_a", "yes_no")
    assert (written["YES"], written["NO"]) == ("a) Yes", "b) No")
    assert workbooks.choices("annex_a", "category_of_need_cla")["N2"] == "b) N2 - Child's disability"


def test_every_return_has_the_table_of_its_records():
    for return_name, (table, column) in make.RECORDS.items():
        assert column in [one.name for one in spec.returns()[return_name].table(table).columns]
        assert files.is_xml(return_name) or return_name == "ssda903"
    lists = [name for name in make.REPORTS if name not in make.RECORDS]
    assert all(files.is_workbook(name) for name in lists)
    assert [name for name in lists if not spec.returns()[name].meta.person_id] == ["quarterly"]


def test_a_return_of_days_has_its_days():
    assert set(make.DAYS) == {name for name in make.REPORTS if spec.returns()[name].meta.period == "snapshot"}


def quarter() -> dict[str, pl.DataFrame]:
    """Five children, three posts and a plan for special needs of Camden around the quarter to 30 September 2024; of
    Kingston one child of whom nothing is known.
    """

    def frame(columns: str, *rows: tuple, **kinds) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=columns.split(), schema_overrides=kinds, orient="row")

    start, later = date(2024, 7, 1), date(2024, 10, 1)
    last, two_years = date(2024, 9, 30), date(2022, 9, 30)
    text = dict.fromkeys(("provider", "urn", "placement_postcode"), pl.String)
    request = {"received_date": start, "assessment_date": last}
    return special(ehc_requests=request) | workers() | {
        "children": frame(
            "child_id la_code birth_date",
            *[(child, CAMDEN, date(2012, 1, 1)) for child in (1, 2, 3, 5)],
            (4, CAMDEN, date(2007, 1, 1)),
            (6, "E09000021", date(2012, 1, 1)),
        ),
        "episodes": frame(
            "episode_id child_id referral_date is_nfa closure_date",
            (30, 1, start, False, None),
            (31, 2, start, True, None),
            (32, 2, later, False, None),
            (33, 1, date(2023, 7, 1), False, date(2023, 12, 1)),
            (34, 3, last, False, date(2024, 12, 1)),
            closure_date=pl.Date,
        ).with_columns(la_code=pl.lit(CAMDEN)),
        "assessments": frame(
            "episode_id start_date authorisation_date",
            (30, start, date(2024, 9, 3)),
            (30, start, date(2024, 9, 4)),
            (30, start, later),
        ),
        "section_47s": frame(
            "episode_id start_date conference_date",
            (30, start, date(2024, 7, 22)),
            (30, start, None),
            (30, date(2024, 7, 2), date(2024, 7, 22)),
            (31, date(2024, 6, 3), start),
            (34, last, date(2024, 10, 10)),
        ),
        "cin_plans": frame(
            "episode_id start_date end_date", (30, start, last), (34, last, None), end_date=pl.Date
        ),
        "cp_plans": frame(
            "episode_id start_date end_date previous_plans",
            (30, date(2024, 7, 22), None, 1),
            (31, two_years, None, 0),
            (34, date(2022, 8, 1), date(2024, 8, 1), 0),
            (33, date(2023, 8, 1), date(2024, 7, 10), 0),
            end_date=pl.Date,
        ),
        "periods": frame(
            "period_id child_id start_date end_date reason_ceased is_short_breaks",
            (1, 3, date(2020, 1, 1), None, None, False),
            (2, 4, start, None, None, False),
            (3, 5, date(2019, 1, 1), last, "E43", False),
            (4, 2, date(2024, 8, 1), date(2024, 8, 15), "E4A", False),
            (5, 2, date(2024, 9, 1), date(2024, 9, 20), "E4A", False),
            (6, 1, date(2024, 8, 1), None, None, True),
            end_date=pl.Date, reason_ceased=pl.String,
        ).with_columns(la_code=pl.lit(CAMDEN)),
        "care_episodes": frame(
            "period_id child_id start_date end_date rne legal_status placement_type",
            (1, 3, date(2020, 1, 1), two_years, "S", "C2", "U6"),
            (1, 3, two_years, date(2024, 3, 1), "P", "C2", "U4"),
            (1, 3, date(2024, 3, 1), None, "L", "C1", "U4"),
            (2, 4, start, date(2024, 7, 10), "S", "V2", "U6"),
            (2, 4, date(2024, 7, 10), date(2024, 7, 20), "P", "V2", "T0"),
            (2, 4, date(2024, 7, 20), date(2024, 8, 20), "P", "V2", "U4"),
            (2, 4, date(2024, 8, 20), None, "P", "V2", "K2"),
            (3, 5, date(2019, 1, 1), last, "S", "C2", "U6"),
            (6, 1, date(2024, 8, 1), None, "S", "V4", "U6"),
            end_date=pl.Date,
        ).with_columns(pl.lit(None, kind).alias(name) for name, kind in text.items()),
        "uasc": frame("child_id start_date end_date", (4, start, None), end_date=pl.Date),
    }  # fmt: skip


COUNTED = {
    # contacts on 1 July and twice on 29 September, one of which was referred in October; one of 30 June is too early
    "Q01": (3, None), "Q02": (2, 3),
    # referrals of children 1 to 3; of child 1 twelve months after another; of child 2 with no further action
    "Q05": (3, None), "Q06": (1, 3), "Q07": (1, 3),
    # 1 July to 3 September is nine weeks and a day, 46 days, less a bank holiday: 45; to the 4th 46
    "Q08": (2, None), "Q09": (1, 2),
    # episodes 30 and 34; of two plans one ends on the last day
    "Q11": (2, None), "Q12": (1, None),
    # child 1 on two days, child 3 on one; conferences three weeks after 1 July, 15 days, and four after 3 June, 20 days
    "Q13": (3, None), "Q15": (2, None), "Q16": (1, 2),
    # a first plan of child 2 reaches two years on the last day; of two that ended, one lasted two years to the day
    "Q18": (1, None), "Q19": (1, 1), "Q20": (2, None), "Q21": (1, 2), "Q22": (1, 2),
    # children 3 and 4 are looked after: one alone, in three places and a temporary one; one two years in one place
    "Q23": (2, None), "Q26": (1, 2), "Q27": (1, 2), "Q28": (1, 1),
    # children 2 (twice) and 4 start, 2 (twice) and 5 cease, 5 with a guardian
    "Q24": (2, None), "Q25": (2, None), "Q30": (1, 2),
    # 0.8 in post, 2.5 vacant, 1.0 agency, 0.6 gone; 11 and 5 cases of 0.8 and 1.0
    "Q34": (0.8, None), "Q35": (2.5, 3.3), "Q36": (1, 1.8), "Q37": (0.6, 0.8), "Q38": (16, 1.8),
    # a request of 1 July whose plan comes 91 days later, and a plan since 2023
    "Q39": (1, None), "Q40": (1, 1), "Q41": (1, None),
}  # fmt: skip


def counts_of(la_code: str, day: date) -> dict[str, tuple]:
    """Numerator and denominator of each indicator that is not blank."""
    rows = quarterly.rows(quarter(), la_code, day)["indicators"]
    assert rows["indicator_id"].to_list() == seed("measures/quarterly_indicators")["indicator_id"].to_list()
    known = rows.filter(pl.col("numerator").is_not_null())
    return {row[0]: row[1:] for row in known.select("indicator_id", "numerator", "denominator").iter_rows()}


def test_a_quarter_of_a_few_lives_is_counted_by_hand():
    assert counts_of(CAMDEN, date(2024, 9, 30)) == COUNTED


def test_none_is_0_and_unknown_is_blank():
    """Kingston has no workers of its own; at the end of 2024 none are known, and no request is left to tell of."""
    kingston = counts_of("E09000021", date(2024, 9, 30))
    assert set(COUNTED) - set(kingston) == {"Q34", "Q35", "Q36", "Q37", "Q38"}
    assert {count for pair in kingston.values() for count in pair} == {0, None}
    assert set(kingston) - set(counts_of("E09000021", date(2024, 12, 31))) == {"Q39", "Q40", "Q41"}


FLOWS = {"Q05": "CIN-R1", "Q07": "CIN-R3", "Q08": "CIN-A1", "Q09": "CIN-A3", "Q13": "CIN-S1", "Q18": "CIN-P2"}
STOCKS = {"Q11": "CIN-N1", "Q20": "CIN-P1", "Q23": "CLA-1", "Q26": "CLA-16"}


def test_clean_quarters_land_and_add_up_to_the_year_of_the_key(data):
    las = {"name": ["Camden", "Barnet"], "la_code": [CAMDEN, "E09000003"]}
    returns = ["cin", "ssda903", "quarterly"]
    make.synthesise(data.home.root, scale=0.1, years=range(2025, 2026), las=las["name"], returns=returns, error_rate=0)
    outcomes = [one for name, one in data.load().items() if name.startswith("quarterly_")]
    assert {(one.status, *one.findings) for one in outcomes} == {("landed",)}
    run_checks(data.home)
    assert data.ask("from vault.quality.field_failures where return_name = 'quarterly'") == []
    sent = pl.DataFrame(data.raw("quarterly__indicators"), infer_schema_length=None)
    assert sent.group_by("la_code", "period_end").len()["len"].to_list() == [46] * 8
    counts = sent.select("la_code", "indicator_id", "period_end", pl.col("numerator").cast(pl.Float64))
    year_end = counts.filter(period_end=date(2025, 3, 31))
    key = pl.read_parquet(data.home.root / "answer_key/measures.parquet").filter(basis="true", breakdown="all")
    for indicators, of_quarters in ((FLOWS, counts), (STOCKS, year_end)):
        for indicator_id, measure_id in indicators.items():
            told = of_quarters.filter(indicator_id=indicator_id).group_by("la_code").agg(pl.col("numerator").sum())
            true = key.filter(measure_id=measure_id, period_end=date(2025, 3, 31)).select("la_code", "numerator")
            expected = {la_code: float(number) for la_code, number in true.iter_rows()}
            assert dict(told.iter_rows()) == expected, indicator_id
            assert set(expected) == set(las["la_code"])
            assert sum(expected.values()) > 0, indicator_id
