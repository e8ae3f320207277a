"""What makes made-up returns hard: each fault is in the key, and the checks find the visible ones and nothing else."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from loaders import landing, spec, vault
from loaders.home import Home
from loaders.quality import failures
from synthetic import damage, draw, files, make, people, recording, shapes, spoil
from synthetic.reports import annex_a, cin, csww, in_records, quarterly, sen2, ssda903

LA, OTHER_LA, HACKNEY = "E09000007", "E09000032", "E09000012"
FOLDERS = {LA: "camden", OTHER_LA: "wandsworth", HACKNEY: "hackney"}
CLEAN, LIFELIKE = recording.rates(0), recording.rates(1)
WHERE = ["la_code", "return_name", "return_year", "period_end", "table", "source_row", "column"]
COUNT = 60
KEYS = dict.fromkeys(("record", "row", "parent"), pl.Int64)


def row(number: int, **values) -> dict:
    """A row of the nth child, hanging from the row of that number."""
    about = {"record": number, "row": number, "parent": None, "_person_id": number, "_child_id": number}
    return about | {"_life": number} | values


def cin_rows(la_code: str = LA, year: int = 2025) -> dict[str, pl.DataFrame]:
    """A census of children who are alike, but for dates and references."""
    old = year < 2025
    dfe = people.authorities().filter(pl.col("la_code") == la_code)["dfe_la_code"][0]
    header = {
        **{"Collection": "CIN", "Year": str(year), "ReferenceDate": date(year, 3, 31), "SourceLevel": "L"},
        **{"LEA": dfe, "SerialNo": "001", "DateTime": f"{year}-06-02T09:30:00"},
    }
    made = {name: [] for name in ("child_identifiers", "child_characteristics", "disabilities", "cin_details")}
    made |= {name: [] for name in ("assessments", "assessment_factors", "section_47", "child_protection_plans")}
    for number in range(COUNT):
        child, referred = f"00{100000 + number}", date(year - 1, 5, 1 + number % 28)
        key = {"LAchildID": child}
        sex = {"GenderCurrent": "1"} if old else {"Sex": "M"}
        born = {"UPN": f"A20290{1000000 + number}", "PersonBirthDate": date(2012, 3, 1 + number % 28)}
        made["child_identifiers"].append(row(number, **key, **born, **sex))
        made["child_characteristics"].append(row(number, **key, Ethnicity="WBRI"))
        made["disabilities"].append(row(number, parent=number, **key, Disability="NONE"))
        closed = {"CINclosureDate": date(year, 2, 20), "ReasonForClosure": "RC8"} if number % 2 else {}
        details = {"CINreferralDate": referred, "ReferralSource": "1A", "PrimaryNeedCode": "N1", "ReferralNFA": False}
        made["cin_details"].append(row(number, **key, **details, **closed))
        under = {"parent": number, **key, "CINreferralDate": referred}
        start = date(year - 1, 6, 1 + number % 28)
        made["assessments"].append(
            row(number, **under, AssessmentActualStartDate=start, AssessmentAuthorisationDate=date(year - 1, 8, 1))
        )
        factor = {"AssessmentActualStartDate": start, "AssessmentFactors": "3B"}
        made["assessment_factors"].append(row(number, **under, **factor))
        held = date(year - 1, 7, 1 + number % 28)
        enquiry = {"S47ActualStartDate": start, "DateOfInitialCPC": held, "ICPCnotRequired": False}
        made["section_47"].append(row(number, **under, **enquiry))
        plan = {"CPPstartDate": held, "InitialCategoryOfAbuse": "EMO", "LatestCategoryOfAbuse": "EMO"}
        made["child_protection_plans"].append(row(number, **under, **plan, NumberOfPreviousCPP=number % 3))
    frames = {name: pl.DataFrame(rows, infer_schema_length=None, schema_overrides=KEYS) for name, rows in made.items()}
    return frames | {"header": pl.DataFrame([{"record": 0, "row": 0, "parent": None} | header], schema_overrides=KEYS)}


def ssda903_rows(la_code: str = LA, year: int = 2025) -> dict[str, pl.DataFrame]:
    """A looked-after return of children with two episodes and two reviews each, and mothers among them."""
    sexes = ("M", "F") if year >= 2025 else ("1", "2")
    made = {name: [] for name in ("header", "episodes", "reviews", "oc2", "placed_adoption")}
    for number in range(COUNT):
        child = {"CHILD": f"{200000000 + number}"}
        born = {"DOB": date(2008, 3, 1 + number % 28)}
        mother = {"MOTHER": "1", "MC_DOB": date(year - 1, 9, 9)} if number % 2 else {"MOTHER": None, "MC_DOB": None}
        about = {"SEX": sexes[number % 2], "ETHNIC": "BAFR", "UPN": f"A20290{1000000 + number}"}
        made["header"].append(row(number, **child, **born, **about, **mother))
        moved = date(year - 1, 9, 1 + number % 28)
        first = {"DECOM": date(year - 1, 5, 1 + number % 28), "RNE": "S", "DEC": moved, "REC": "X1"}
        second = {"DECOM": moved, "RNE": "P", "DEC": None, "REC": None}
        for turn, episode in enumerate((first, second)):
            place = {"LS": "C2", "CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1", "URN": f"SC{100000 + number}"}
            posts = {"REASON_PLACE_CHANGE": None if turn else "CARPL", "HOME_POST": "ZZ1 1AA", "PL_POST": "ZZ2 2BB"}
            made["episodes"].append(row(number, **child, **episode, **place, **posts) | {"row": 2 * number + turn})
            review = {"REVIEW": date(year - 1, 7 + 3 * turn, 1 + number % 28), "REVIEW_CODE": "PN1"}
            made["reviews"].append(row(number, **child, **born, **review) | {"row": 2 * number + turn})
        health = {"SDQ_SCORE": number % 20, "CONVICTED": "0", "IMMUNISATIONS": "1", "TEETH_CHECK": "1"}
        made["oc2"].append(row(number, **child, **born, **health, HEALTH_ASSESSMENT="1", SUBSTANCE_MISUSE="0"))
        decision = {"DATE_PLACED": date(year - 1, 6, 6), "DATE_PLACED_CEASED": date(year - 1, 8, 8)}
        made["placed_adoption"].append(row(number, **child, **born, **decision, REASON_PLACED_CEASED="RD1"))
    return {name: pl.DataFrame(rows, infer_schema_length=None, schema_overrides=KEYS) for name, rows in made.items()}


def annex_a_rows(la_code: str = LA, day: date = date(2025, 3, 31)) -> dict[str, pl.DataFrame]:
    """Lists of children with a referral each, who are all in care."""
    made = {name: [] for name in ("referrals", "children_in_care")}
    for number in range(COUNT):
        born, about = date(2010, 3, 1 + number % 28), {"gender": "FEMALE", "ethnicity": "WBRI"}
        child = {"child_id": f"00{100000 + number}", **about, "birth_date": born, "age_years": 14}
        referred = {"referral_date": date(day.year, 1, 1 + number % 28), "referral_source": "1A", "referral_nfa": "NO"}
        made["referrals"].append(row(number + 1, **child, **referred, referrals_last_12_months=1 + number % 2))
        care = {"uasc_last_12_months": "NO", "disability": "NO", "cla_start_date": date(day.year, 2, 2)}
        care |= {"category_of_need": "N1", "repeat_period_12_months": "NO", "legal_status": "C2"}
        care |= {"legal_status_start_date": date(day.year, 2, 1 + number % 28), "placements_last_12_months": 1}
        care |= {"placement_start_date": date(day.year, 2, 2), "placement_type": "U6", "placement_provider": "PR1"}
        care |= {"placement_postcode": "ZZ1 1AA", "placement_location": "IN", "placement_la": "202"}
        care |= {"missing_episodes_12_months": 0, "absent_episodes_12_months": 0}
        made["children_in_care"].append(row(number + 1, **child, **care))
    return {name: pl.DataFrame(rows, infer_schema_length=None, schema_overrides=KEYS) for name, rows in made.items()}


ROWS = {"cin": cin_rows, "ssda903": ssda903_rows, "annex_a": annex_a_rows}
DAYS = [date(2021 + number // 2, 3 + 6 * (number % 2), 30) for number in range(6)]
PLACES = [(la_code, year) for la_code in (LA, OTHER_LA) for year in range(2021, 2027)]
PLACES_OF_DAYS = [(la_code, day) for la_code in (LA, OTHER_LA) for day in DAYS]


def damaged(return_name: str, year: int | date, las, rates: dict, seed: int = 1, **more) -> dict[str, damage.Sent]:
    """What authorities send of the made-up rows in a year or of a day."""
    made = [
        {name: rows.with_columns(la_code=pl.lit(one)) for name, rows in ROWS[return_name](one, year).items()}
        for one in las
    ]
    tables = {name: pl.concat(one[name] for one in made) for name in made[0]}
    return damage.submissions(return_name, year, tables, rates, seed, **more)


def sent(return_name: str, rates: dict, places=None, seed: int = 1) -> dict[tuple, damage.Sent]:
    """What authorities send of the made-up rows in several years or of several days."""
    places = places or (PLACES_OF_DAYS if return_name == "annex_a" else PLACES)
    certain, found = damage.sure(return_name, places, rates, seed), {}
    for year in dict.fromkeys(year for _, year in places):
        las = [one for one, its_year in places if its_year == year]
        names = {one: certain[one, year] for one in las}
        year_sent = damaged(return_name, year, las, rates, seed, certain=names)
        found |= {(one, year): year_sent[one] for one in las}
    return found


def key_of(submissions: dict[tuple, damage.Sent]) -> pl.DataFrame:
    return pl.concat(one.faults for one in submissions.values())


class Landed:
    """A data folder in which submissions were written, loaded and checked."""

    def __init__(self, root, return_name: str, submissions: dict[tuple, damage.Sent]):
        home = Home(root)
        home.make()
        for (la_code, said), one in submissions.items():
            folders = {la_code: home.inbox / FOLDERS[la_code] / return_name / str(said)}
            files.write_all(folders, return_name, said, [(la_code, *write) for write in one.writes])
        self.outcomes = landing.load(home, [home.inbox])
        with vault.connect(home, vault=True) as connection:
            failures.store(connection, failures.landed(connection))
            self.found = (
                connection.execute(
                    "select la_code, return_name, return_year::bigint as return_year, period_end,"
                    " table_name as table, source_row,"
                    " column_name as column, parse_filename(source_file) as file, rule, value"
                    " from vault.quality.field_failures order by all"
                )
                .pl()
                .cast({"file": pl.String, "table": pl.String, "column": pl.String})
            )


@pytest.fixture(scope="module", params=["cin", "ssda903", "annex_a"])
def faulty(request, tmp_path_factory):
    """Returns with eight times as many faults as there are in life: the return's name, what was sent, what landed."""
    rates = LIFELIKE | {kind.name: 8 * LIFELIKE[kind.name] for kind in spoil.KINDS}
    submissions = sent(request.param, rates)
    return request.param, submissions, Landed(tmp_path_factory.mktemp("faulty"), request.param, submissions)


@pytest.mark.parametrize("return_name", ["cin", "ssda903", "annex_a"])
def test_clean_returns_land_without_a_failure_and_with_every_row(tmp_path, return_name):
    submissions = sent(return_name, CLEAN)
    landed = Landed(tmp_path, return_name, submissions)
    assert {one.status for one in landed.outcomes} == {"landed"}
    assert landed.found.is_empty()
    assert key_of(submissions).is_empty()
    for (la_code, year), one in submissions.items():
        for name, rows in ROWS[return_name](la_code, year).items():
            assert_frame_equal(one.tables[name].drop("la_code"), files.as_text(return_name, name, rows))


def test_the_checks_find_every_visible_fault_and_nothing_that_the_key_does_not_list(faulty):
    _, submissions, landed = faulty
    visible = key_of(submissions).filter("is_visible")
    assert visible.height > 100
    assert visible.join(landed.found, on=WHERE, how="anti").is_empty()
    assert landed.found.join(visible, on=WHERE, how="anti").is_empty()


def test_the_key_says_in_which_file_a_fault_stands_and_what_is_written_there(faulty):
    _, submissions, landed = faulty
    both = landed.found.join(key_of(submissions).filter("is_visible"), on=WHERE, suffix=" in key")
    assert both["file"].to_list() == both["file in key"].str.split("/").list.last().to_list()
    held = both.filter(pl.col("rule") != "missing")
    assert held["value"].to_list() == held["value in key"].to_list()
    assert both.filter(pl.col("rule") == "missing")["value in key"].is_null().all()


def test_every_odd_file_is_read_but_broken_ones_and_only_second_files_are_passed_over(faulty):
    return_name, submissions, landed = faulty
    key, files_by = key_of(submissions), {"landed": [], "superseded": [], "rejected": []}
    for one in landed.outcomes:
        files_by[one.status].append(one.source_file.rpartition("/")[2])
    second = key.filter(pl.col("fault").is_in(["sent_again", "file_twice"]))["file"]
    assert sorted(files_by["superseded"]) == sorted(second) != []
    broken = key.filter(fault="workbook_unreadable")["file"]
    assert sorted(files_by["rejected"]) == sorted(broken)
    assert (broken.len() > 0) == (return_name == "annex_a")


def test_a_list_without_its_sheet_does_not_land_and_the_others_do():
    certain = {LA: ["sheet_missing"]}
    one = damaged("annex_a", DAYS[0], [LA], CLEAN | {"sheet_missing": 1e-9}, certain=certain)[LA]
    (missing,) = one.faults["table"]
    assert set(one.tables) == set(annex_a_rows()) - {missing}
    assert one.faults.select("fault", "period_end", "file").row(0) == (
        "sheet_missing",
        DAYS[0],
        f"annex_a_{DAYS[0]}.xlsx",
    )


def test_a_workbook_keeps_one_list_at_least():
    rows = annex_a_rows()["referrals"].with_columns(la_code=pl.lit(LA))
    certain = {LA: ["sheet_missing"]}
    one = damage.submissions("annex_a", DAYS[0], {"referrals": rows}, CLEAN, 1, certain=certain)[LA]
    assert one.faults.is_empty()
    assert list(one.tables) == ["referrals"]


def test_every_fault_of_a_return_happens_at_least_once(faulty):
    return_name, submissions, _ = faulty
    happened = set(key_of(submissions)["fault"])
    wanted = {kind.name for kind in spoil.KINDS if spoil.columns(kind, spec.returns()[return_name], 2025)}
    wanted |= {"record_twice", "sent_again"} if return_name == "cin" else {"row_twice", "file_twice"}
    odd = {"cin": damage.OF_XML, "ssda903": files.SHAPES, "annex_a": files.SHAPES_OF_WORKBOOKS}
    wanted |= set(odd[return_name])
    # no zeros to lose, no fraction of nothing: what the rows of this test do not have
    wanted -= {"id_zeros_lost"} if return_name == "ssda903" else {"id_scientific"}
    assert wanted <= happened


def test_true_values_are_those_of_the_undamaged_rows(faulty):
    return_name, submissions, _ = faulty
    kinds = [kind.name for kind in spoil.KINDS]
    for (la_code, year), one in submissions.items():
        iso = return_name == "annex_a" or one.faults.filter(pl.col("fault") == "iso_dates").height > 0
        for name, rows in ROWS[return_name](la_code, year).items():
            clean = files.as_text(return_name, name, rows, "%Y-%m-%d" if iso else None)
            spoilt = one.faults.filter(pl.col("table") == name, pl.col("fault").is_in(kinds))
            for child, column, value in spoilt.select("child_id", "column", "true_value").rows():
                assert value in clean.filter(pl.col("_child_id") == child)[column].to_list()


def test_at_most_one_value_of_a_child_is_spoiled_in_a_return(faulty):
    _, submissions, _ = faulty
    kinds = [kind.name for kind in spoil.KINDS]
    for one in submissions.values():
        assert one.faults.filter(pl.col("fault").is_in(kinds))["child_id"].is_unique().all()


def test_faults_are_in_the_key_exactly_where_rows_differ_from_clean_ones():
    one = damaged("cin", 2025, [LA], LIFELIKE | {"record_twice": 0.0, "sent_again": 0.0}, 5)[LA]
    changed = set()
    for name, rows in cin_rows().items():
        clean = files.as_text("cin", name, rows)
        for column in clean.columns:
            differ = clean[column].ne_missing(one.tables[name][column])
            changed |= (
                {(name, column, number) for number in clean["_child_id"].filter(differ)} if differ.any() else set()
            )
    assert changed == set(one.faults.drop_nulls("column").select("table", "column", "child_id").rows())


@pytest.mark.parametrize("return_name", ["ssda903", "annex_a"])
def test_the_same_seed_gives_the_same_faults_and_another_seed_others(return_name):
    first, again, other = (key_of(sent(return_name, LIFELIKE, seed=seed)) for seed in (1, 1, 2))
    assert_frame_equal(first, again)
    assert not first.equals(other)


def test_hackney_sends_no_census_for_2021_and_2022():
    submissions = sent("cin", LIFELIKE | {"return_missing": 1e-9}, [(HACKNEY, year) for year in range(2020, 2024)])
    assert [year for (_, year), one in submissions.items() if not one.writes] == [2021, 2022]
    missing = key_of(submissions).filter(pl.col("fault") == "return_missing")
    assert missing["return_year"].to_list() == [2021, 2022]
    assert sent("cin", CLEAN, [(HACKNEY, 2021)])[HACKNEY, 2021].writes


def test_of_two_files_of_a_census_the_later_and_fuller_one_lands(tmp_path):
    one = damaged("cin", 2025, [LA], CLEAN | {"sent_again": 1.0})[LA]
    landed = Landed(tmp_path, "cin", {(LA, 2025): one})
    status = {outcome.source_file.rpartition("/")[2]: outcome for outcome in landed.outcomes}
    assert status["cin_2025_draft.xml"].status == "superseded"
    assert status["cin_2025.xml"].table_rows["child_identifiers"] == COUNT
    (older, _), (newer, _) = one.writes
    assert (older["header"]["SerialNo"][0], newer["header"]["SerialNo"][0]) == ("001", "002")
    assert older["header"]["DateTime"][0] < newer["header"]["DateTime"][0]
    assert 0 < older["child_identifiers"].height < COUNT


def test_every_rate_belongs_to_a_fault_and_every_fault_has_a_rate():
    made = {kind.name for kind in spoil.KINDS} | set(files.SHAPES) | set(files.SHAPES_OF_WORKBOOKS)
    made |= {"return_missing"}
    made |= {"record_twice", "row_twice", "sent_again", "file_twice"}
    differences = {fault for return_name in ("cin", "ssda903") for fault in record(return_name)[1]["fault"]}
    assert made | differences == set(recording.faults())
    assert all(about["says"].endswith(".") and about["of"] for about in recording.faults().values())


def test_rates_follow_the_error_rate():
    assert set(recording.rates(0).values()) == {0}
    assert recording.rates(2)["upn_missing"] == pytest.approx(0.06)
    assert recording.rates(1000)["upn_missing"] == 1


@pytest.fixture(scope="module")
def london() -> recording.Lives:
    """Some lives of three authorities over two years, as they are made for the inbox."""
    las, years = list(FOLDERS), range(2024, 2026)
    return make.live(las, years, 1, 0.1)


@pytest.mark.parametrize("error_rate", [0, 3, 30])
@pytest.mark.parametrize("report", [cin, ssda903, csww, sen2, annex_a, quarterly])
def test_the_checks_find_in_made_up_lives_what_the_key_lists(tmp_path, london, report, error_rate):
    return_name = report.__name__.rpartition(".")[2]
    submissions = of_lives(london, return_name, report, recording.rates(error_rate))
    landed, key = Landed(tmp_path, return_name, submissions), key_of(submissions)
    visible = key.filter("is_visible")
    assert (visible.height > 10) == (key.height > 25) == bool(error_rate)
    assert visible.join(landed.found, on=WHERE, how="anti").is_empty()
    assert landed.found.join(visible, on=WHERE, how="anti").is_empty()


def of_lives(lives, return_name: str, report, rates: dict) -> dict[tuple, damage.Sent]:
    """What the authorities send of their lives for two years, or for two days of one."""
    source, found = spec.returns()[return_name], {}
    days = [date(2024, 9, 30), date(2025, 3, 31)]
    said = days if source.meta.period == "snapshot" else [2024, 2025]
    certain = damage.sure(return_name, [(la_code, one) for la_code in FOLDERS for one in said], rates, 1)
    for one in said:
        recorded, differences = recording.recorded(lives, return_name, one, rates, 1)
        rows = report.rows(recorded, None, one)
        sent_then = damage.submissions(
            return_name,
            one,
            in_records(rows, source) if said is days else rows,
            rates,
            1,
            usual=dict(zip(FOLDERS, shapes.OF_WORKBOOKS[1:], strict=False)) if said is days else {},
            certain={la_code: certain[la_code, one] for la_code in FOLDERS},
            recorded=differences,
        )
        found |= {(la_code, one): sent for la_code, sent in sent_then.items()}
    return found


# What the systems hold


def made_lives(count: int = 4000) -> recording.Lives:
    """Children of two authorities, each with an episode of need and, every other one, of care."""
    rng, number = np.random.default_rng(1), np.arange(count)
    day = pl.Series(rng.integers(0, 1500, count)).cast(pl.Int32)
    began = draw.add_days(pl.lit(date(2020, 6, 1)), day)
    ended = draw.add_days(began, pl.Series(rng.integers(20, 900, count)))
    digits = "20290" + pl.Series(10_000_000 + number % 9_000).cast(pl.String).str.slice(1)
    children = pl.DataFrame({"child_id": number, "person_id": number, "sex": ["M", "F"] * (count // 2)}).with_columns(
        la_code=pl.when(pl.col("child_id") % 4 < 2).then(pl.lit(LA)).otherwise(pl.lit(OTHER_LA)),
        la_child_id=pl.col("child_id").cast(pl.String).str.zfill(6),
        upn=pl.concat_str(people.check_letter(pl.lit(digits)), pl.lit(digits)),
        birth_date=draw.add_days(pl.lit(date(2009, 1, 1)), pl.Series(rng.integers(0, 2000, count))),
        ethnicity=pl.lit("WBRI"),
    )
    spells = children.select("child_id", "la_code", start_date=began, end_date=ended)
    need = spells.select(
        "child_id",
        "la_code",
        episode_id="child_id",
        referral_date="start_date",
        closure_date="end_date",
        closure_reason=pl.lit("RC8"),
        source=pl.lit("1A"),
        primary_need=pl.lit("N1"),
        is_nfa=pl.lit(value=False),
    )
    care = spells.gather_every(2).with_columns(period_id="child_id")
    end = {"rec": pl.lit("E4A"), "reason_place_change": pl.lit(None, pl.String)}
    return {
        "children": children,
        "episodes": need,
        "cp_plans": spells.select(
            "start_date", "end_date", plan_id="child_id", episode_id="child_id", initial_category=pl.lit("EMO")
        ),
        "periods": care.with_columns(reason_ceased=pl.lit("E4A")),
        "care_episodes": care.with_columns(need=pl.lit("N1"), provider=pl.lit("PR1"), **end),
    }


LIVES = made_lives()


def record(return_name: str, year: int = 2026, rates: dict = LIFELIKE, seed: int = 1):
    return recording.recorded(LIVES, return_name, year, rates, seed)


def only(fault: str, rate: float = 0.1) -> dict[str, float]:
    """Rates by which one fault alone happens."""
    return CLEAN | {fault: rate}


def test_without_faults_systems_hold_what_happened():
    lives, differences = record("cin", rates=CLEAN)
    assert differences.is_empty()
    assert_frame_equal(lives["children"].drop("former_upn"), LIVES["children"])
    assert_frame_equal(lives["episodes"].drop("is_told_late"), LIVES["episodes"])


@pytest.mark.parametrize("return_name", ["cin", "ssda903"])
def test_differences_are_listed_where_the_details_of_children_differ(return_name):
    lives, differences = record(return_name)
    true = LIVES["children"].with_columns(former_upn=pl.lit(None, pl.String))
    for column, (table, to) in recording.COLUMNS[return_name].items():
        differ = true["child_id"].filter(true[column].ne_missing(lives["children"][column]))
        listed = differences.filter(pl.col("table") == table, pl.col("column").is_in([to, "GenderCurrent"]))
        assert set(differ) == set(listed["child_id"]), column


def test_the_check_letter_of_a_temporary_upn_is_right():
    # 2*2 + 2*4 + 9*5 + 2*9 = 75; B counts 1, times 13: 88, which leaves 19 over 69: W
    upn = pl.select(recording.temporary_upn(pl.lit("A202900020005"), pl.lit(1)))[0, 0]
    assert upn == "W20290002000B"


def test_a_mistyped_upn_looks_like_one_and_has_the_wrong_check_letter():
    lives, differences = record("cin", rates=only("upn_mistyped"))
    wrong = lives["children"].filter(pl.col("child_id").is_in(differences["child_id"].implode()))["upn"]
    assert wrong.str.contains(r"^[A-HJ-NP-RT-Z]\d{12}$").all()
    right = wrong.to_frame().select(people.check_letter(pl.col("upn").str.slice(1)))[:, 0]
    assert (right != wrong.str.head(1)).all()
    assert 300 < wrong.len() < 500  # of 4,000


def test_an_old_upn_is_a_valid_one():
    lives, differences = record("cin", rates=only("upn_old_sent"))
    old = lives["children"].filter(pl.col("child_id").is_in(differences["child_id"].implode()))["upn"]
    assert (old.to_frame().select(people.check_letter(pl.col("upn").str.slice(1)))[:, 0] == old.str.head(1)).all()


def test_birth_dates_go_wrong_in_one_way_each_and_before_anything_happened():
    _, differences = record("cin", rates=LIFELIKE)
    born = differences.filter(pl.col("column") == "PersonBirthDate")
    assert born["child_id"].is_unique().all()
    first = dict(LIVES["episodes"].select("child_id", "referral_date").rows())
    for fault, child, true, wrong in born.select("fault", "child_id", "true_value", "value").rows():
        (year, month, day), (year_, month_, day_) = (map(int, text.split("-")) for text in (true, wrong))
        same = {"birth_date_swapped": (year, day, month), "birth_date_typo": (year, month, day_)}
        assert (year_, month_, day_) == same.get(fault, (year_, month, day))
        assert fault != "birth_year_wrong" or abs(year - year_) == 1
        assert date(year_, month_, day_) <= first[child]


def test_a_childs_details_are_wrong_in_both_returns_and_for_some_years():
    held = {
        (name, year): set(record(name, year, only("birth_date_typo"))[1]["child_id"])
        for name in ("cin", "ssda903")
        for year in (2023, 2024)
    }
    assert held["cin", 2024] == held["ssda903", 2024]
    both = held["cin", 2023] & held["cin", 2024]
    assert len(both) / len(held["cin", 2023]) == pytest.approx(2 / 3, abs=0.1)


def test_a_new_system_gives_all_children_of_an_authority_new_references_for_good():
    rates = only("child_ids_migrated", 1.0)
    years = {year: record("cin", year, rates) for year in range(2021, 2027)}
    assert years[2021][1].is_empty()  # no system is replaced before 2022
    references = years[2026][0]["children"]
    assert not references.select("la_code", "la_child_id").is_duplicated().any()
    assert (references["la_child_id"] != LIVES["children"]["la_child_id"]).all()
    changed = [len(differences) for _, differences in years.values()]
    assert changed == sorted(changed)
    assert set(changed) <= {0, 2000, 4000}
    assert_frame_equal(record("ssda903", 2026, rates)[0]["children"], references)


def test_what_is_revised_is_another_code_of_the_year_in_a_spell_open_at_its_end():
    lives, differences = record("cin", 2023, only("primary_need_revised"))
    revised = lives["episodes"].filter(pl.col("episode_id").is_in(differences["child_id"].implode()))
    codes = {code.code for code in spec.code_list("cin", "primary_need")}
    assert set(revised["primary_need"]) <= codes - {"N1"}
    assert (revised["referral_date"] <= date(2023, 3, 31)).all()
    assert (revised["closure_date"] > date(2023, 3, 31)).all()
    assert differences["day"].to_list() == revised["referral_date"].to_list()


def test_a_closure_of_the_last_month_may_not_be_known_until_next_year():
    rates = only("closed_late", 1.0)
    lives, differences = record("cin", 2023, rates)
    late = LIVES["episodes"].filter(pl.col("closure_date").is_between(date(2023, 2, 28), date(2023, 3, 31)))
    assert sorted(differences["child_id"]) == sorted(late["child_id"]) != []
    open_again = lives["episodes"].filter(pl.col("episode_id").is_in(late["episode_id"].implode()))
    assert open_again["closure_date"].is_null().all()
    assert open_again["closure_reason"].is_null().all()
    later = record("cin", 2024, rates)[0]["episodes"].filter("is_told_late")
    assert_frame_equal(later.drop("is_told_late"), late)


def test_the_end_of_a_period_of_care_goes_with_that_of_its_last_episode():
    lives, differences = record("ssda903", 2023, only("ceased_late", 1.0))
    assert differences.height
    late = pl.col("period_id").is_in(differences["child_id"].implode())
    for frame, columns in (("care_episodes", ["end_date", "rec"]), ("periods", ["end_date", "reason_ceased"])):
        assert lives[frame].filter(late).select(columns).null_count().row(0) == (differences.height,) * 2
        others = lives[frame].filter(~late).drop("is_told_late", strict=False)
        assert_frame_equal(others, LIVES[frame].filter(~late))


def test_a_difference_is_in_the_key_where_a_return_shows_it():
    rows = cin_rows()
    about = {"la_code": LA, "return_name": "cin", "return_year": 2025, "day": None}
    born = about | {"fault": "birth_date_typo", "table": "child_identifiers", "column": "PersonBirthDate"}
    need = about | {"fault": "primary_need_revised", "table": "cin_details", "column": "PrimaryNeedCode"}
    referred = rows["cin_details"]["CINreferralDate"]
    listed = [
        born | {"child_id": 3, "true_value": "2012-03-14", "value": "2012-03-04"},  # as row 3 has it
        born | {"child_id": 4, "true_value": "2012-03-15", "value": "2012-03-25"},  # row 4 has another date
        born | {"child_id": 999, "true_value": "2012-03-15", "value": "2012-03-25"},  # not in the return
        need | {"child_id": 5, "day": referred[5], "true_value": "N5", "value": "N1"},
        need | {"child_id": 6, "day": date(2020, 1, 1), "true_value": "N5", "value": "N1"},  # no such referral
    ]
    recorded = pl.DataFrame(listed, schema=recording.FAULTS)
    key = damaged("cin", 2025, [LA, OTHER_LA], CLEAN, recorded=recorded)[LA].faults
    assert key.select("fault", "source_row", "child_id", "value", "is_visible", "file").rows() == [
        ("birth_date_typo", 4, 3, "2012-03-04", False, "cin_2025.xml"),
        ("primary_need_revised", 6, 5, "N1", False, "cin_2025.xml"),
    ]
