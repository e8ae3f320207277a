"""The answer key against lives short enough to count by hand: every measure of the register, and its edges."""

from datetime import date

import polars as pl

from synthetic import key
from synthetic.key_counts import seed

A, B = "E09000007", "E09000033"  # Camden and Westminster
YEAR_ENDS = [date(2024, 3, 31), date(2025, 3, 31)]
DAY, WHOLE, TEXT, FLAG = pl.Date, pl.Int64, pl.String, pl.Boolean
FRAMES = {
    "children": dict(
        child_id=WHOLE, la_code=TEXT, birth_date=DAY, sex=TEXT, ethnicity=TEXT, disabilities=pl.List(TEXT)
    ),
    "episodes": dict(
        episode_id=WHOLE, child_id=WHOLE, la_code=TEXT, referral_date=DAY, source=TEXT, is_nfa=FLAG, primary_need=TEXT,
        closure_date=DAY, closure_reason=TEXT, transfer_in_date=DAY,
    ),
    "assessments": dict(assessment_id=WHOLE, episode_id=WHOLE, start_date=DAY, authorisation_date=DAY),
    "assessment_factors": dict(assessment_id=WHOLE, factor=TEXT),
    "section_47s": dict(section_47_id=WHOLE, episode_id=WHOLE, start_date=DAY, conference_date=DAY),
    "cin_plans": dict(episode_id=WHOLE, start_date=DAY, end_date=DAY),
    "cp_plans": dict(
        plan_id=WHOLE, episode_id=WHOLE, start_date=DAY, end_date=DAY, initial_category=TEXT, latest_category=TEXT,
        previous_plans=WHOLE,
    ),
    "periods": dict(
        period_id=WHOLE, child_id=WHOLE, la_code=TEXT, start_date=DAY, end_date=DAY, reason_ceased=TEXT,
        is_short_breaks=FLAG,
    ),
    "care_episodes": dict(
        period_id=WHOLE, child_id=WHOLE, start_date=DAY, end_date=DAY, rne=TEXT, legal_status=TEXT, need=TEXT,
        placement_type=TEXT, provider=TEXT, urn=TEXT, placement_postcode=TEXT,
    ),
    "missing": dict(child_id=WHOLE, missing=TEXT, start_date=DAY, end_date=DAY),
    "uasc": dict(child_id=WHOLE, start_date=DAY, end_date=DAY),
    "leavers": dict(child_id=WHOLE, return_year=pl.Int32, in_touch=TEXT, activity=TEXT, accommodation=TEXT),
}  # fmt: skip


def frame(name: str, rows: list[tuple]) -> pl.DataFrame:
    """Rows of a frame of lives; a date is written as text, and columns left off at the end are blank."""
    schema = FRAMES[name]
    full = [(*row, *[None] * (len(schema) - len(row))) for row in rows]
    plain = {column: TEXT if kind == DAY else kind for column, kind in schema.items()}
    return pl.DataFrame(full, schema=plain, orient="row").with_columns(
        pl.col(column).str.to_date() for column, kind in schema.items() if kind == DAY
    )


def values(return_name: str, sent: list[tuple[str, int]] | None = None, **rows: list[tuple]) -> "Values":
    """The key of lives that hold these rows, for the returns in `sent`: by default of Camden for 2025."""
    lives = {name: frame(name, rows.get(name, [])) for name in FRAMES}
    returns = [(return_name, la_code, year) for la_code, year in sent or [(A, 2025)]]
    asked = pl.DataFrame(returns, schema={"return_name": TEXT, "la_code": TEXT, "return_year": WHOLE}, orient="row")
    return Values(key.measures(lives, asked))


class Values:
    """What the key says: `values["CIN-R1"]` of all in Camden in 2025; others by name."""

    def __init__(self, rows: pl.DataFrame):
        self.rows = rows
        self.cells = {row[:2] + row[3:6]: row[6:] for row in rows.iter_rows()}

    def __getitem__(self, measure_id: str) -> tuple[int, int | None]:
        return self.of(measure_id)

    def of(self, measure_id: str, breakdown="all", value="all", la_code=A, year=2025) -> tuple[int, int | None] | None:
        return self.cells.get((measure_id, la_code, date(year, 3, 31), breakdown, value))

    def split(self, measure_id: str, breakdown: str) -> dict[str, int]:
        """Numerators of Camden in 2025 by the values of a breakdown."""
        chosen = self.rows.filter(measure_id=measure_id, la_code=A, breakdown=breakdown, period_end=YEAR_ENDS[1])
        return dict(chosen.select("breakdown_value", "numerator").iter_rows())


BOY = (1, A, "2015-06-01", "M", "WBRI", [])  # 9 years old on 31 March 2025
GIRL = (2, A, "2009-03-31", "F", "BAFR", ["LD", "HEAR"])  # 16 on that very day
UNBORN = (3, A, "2025-05-10", "F", "APKN", ["MOB"])


def test_referrals():
    # Camden 2025 has six referrals: the boy's of 10 May, 11 May, and 10 May 2024 again a week on; see each
    found = values(
        "cin",
        sent=[(A, 2024), (A, 2025), (B, 2025)],
        children=[BOY, GIRL, UNBORN],
        episodes=[
            # 2023-24: two referrals, of which one was found not in need before 31 March
            (1, 1, A, "2023-05-10", "6", False, "N1", "2023-06-20", "RC8"),
            (2, 2, A, "2024-03-01", "3A", False, "N5"),
            # 12 months to the day after the one before: a re-referral
            (3, 1, A, "2024-05-10", "6", True, None, "2024-05-10"),
            # a year and a day after the referral before, which is the girl's own: not one
            (4, 2, A, "2025-03-02", "3B", False, "N5", "2025-03-31", "RC9"),
            # found not in need, but only after the year: in 2025 still in need
            (5, 3, A, "2025-03-20", "10", False, "N1", "2025-04-02", "RC8"),
            # the day after the first NFA referral: a re-referral
            (6, 1, A, "2024-05-11", None, False, "N1"),
        ],
    )
    assert found["CIN-R1"] == (4, population(A, 2025))
    assert found["CIN-R2"] == (2, 4)  # episodes 3 and 6
    assert found["CIN-R3"] == (1, 4)  # episode 3
    assert found["CIN-R4"] == (1, 4)  # episode 4, closed on 31 March
    assert found.split("CIN-R5", "referral_source") == {
        "Police": 1, "Health services": 1, "Unknown": 1, "Not stated": 1
    }  # fmt: skip
    assert found.of("CIN-R5", "referral_source", "Police") == (1, 4)
    assert found["CIN-R5"] == (4, 4)
    assert found.of("CIN-R1", "referral_source", "Police") == (1, None)
    assert found.split("CIN-R1", "sex") == {"M": 2, "F": 1, "U": 1}
    assert found.split("CIN-R1", "age_band") == {"5 to 9": 2, "16 to 17": 1, "unborn": 1}
    assert found.split("CIN-R1", "ethnicity") == {"White": 2, "Black": 1, "Unknown": 1}
    # the year before: no CIN-R2, since 2023 was not sent
    assert found.of("CIN-R1", year=2024) == (2, population(A, 2024))
    assert found.of("CIN-R2", year=2024) is None
    assert found.of("CIN-R4", year=2024) == (1, 2)
    # Westminster sent a return without referrals: 0 for every value that Camden has, and no CIN-R2
    assert found.of("CIN-R1", la_code=B) == (0, population(B, 2025))
    assert found.of("CIN-R1", "sex", "M", B) == (0, None)
    assert found.of("CIN-R3", "age_band", "unborn", B) == (0, 0)
    assert found.of("CIN-R2", la_code=B) is None
    # the boy was 8 on 31 March 2024, the girl 15; nobody of that year was unborn
    assert found.of("CIN-R1", "age_band", "10 to 15", year=2024) == (1, None)
    assert found.of("CIN-R1", "age_band", "unborn", year=2024) is None


def test_children_in_need():
    found = values(
        "cin",
        children=[BOY, GIRL, UNBORN],
        episodes=[
            (1, 1, A, "2019-01-01", "6", False, "N1"),  # open for years
            (2, 2, A, "2024-04-01", "6", False, "N0", "2025-04-01", "RC7"),  # closed a day too late for this year
            (3, 2, A, "2023-01-01", "6", False, "N1", "2025-03-31", "RC1"),  # closed on the last day
            (4, 1, A, "2024-06-01", "6", False, "N1", "2024-07-01", "RC8"),  # never in need
            (5, 3, A, "2025-03-31", "6", False, None),  # the unborn child: its disability is not known yet
            (6, 1, A, "2024-06-01", "6", True, None),  # no further action, left open
            (7, 2, A, "2023-01-01", "6", False, "N1", "2024-03-31", "RC7"),  # closed a day too early
        ],
    )
    assert found["CIN-N1"] == (3, population(A, 2025))  # 1, 2, 5
    assert found["CIN-N2"] == (2, population(A, 2025))  # 2, 5
    assert found["CIN-N3"] == (1, population(A, 2025))  # 3
    assert found["CIN-N4"] == (4, population(A, 2025))  # 1, 2, 3, 5
    assert found.split("CIN-N6", "primary_need") == {"N1": 1, "Not stated": 2}  # N0 and blank are one
    assert found.of("CIN-N6", "primary_need", "N1") == (1, 3)
    assert found["CIN-N7"] == (1, 3)  # the girl
    assert found.of("CIN-N7", "sex", "U") == (0, 1)
    assert found.split("CIN-N8", "closure_reason") == {"RC1": 1}
    assert found["CIN-N8"] == (1, 1)


def test_assessments():
    # working days after the start: 18 April 2025 is Good Friday and out of reach; 25 and 26 December 2024 and
    # 1 January 2025 are holidays
    found = values(
        "cin",
        children=[BOY, GIRL],
        episodes=[(1, 1, A, "2024-04-01", "6", False, "N1"), (2, 2, A, "2024-03-01", "6", False, "N1")],
        assessments=[
            (1, 1, "2024-04-02", "2024-04-02"),  # same day
            (2, 1, "2024-12-24", "2025-01-02"),  # 27, 30, 31 December and 2 January: 4
            (
                3,
                2,
                "2024-03-01",
                "2024-05-07",
            ),  # 9 weeks and 2 days from a Friday: 47 less Good Friday, Easter Monday, 6 May: 44
            (4, 2, "2024-06-03", "2024-08-05"),  # nine weeks of five days: 45
            (5, 2, "2024-06-03", "2024-08-06"),  # one more: 46
            (6, 2, "2025-03-01", "2025-04-01"),  # authorised after the year
            (7, 2, "2025-03-01"),
            (8, 2, "2024-06-10", "2024-06-07"),  # ended before it began: no duration
        ],
        assessment_factors=[
            *[(1, "3B"), (1, "21"), (2, "3B"), (2, "18B"), (2, "18C")],  # episode 1: two groups, each once
            *[(4, "21"), (6, "16A"), (7, "16A")],  # none found; not done in the year
        ],
    )
    assert found["CIN-A1"] == (6, population(A, 2025))
    assert found["CIN-A3"] == (4, 6)
    assert found.split("CIN-A2", "working_day_band") == {
        "Same day": 1, "1 to 10": 1, "41 to 45": 2, "46 to 50": 1, "Unknown": 1
    }  # fmt: skip
    assert found.of("CIN-A2", "working_day_band", "46 to 50") == (1, 6)
    assert found.split("CIN-A1", "sex") == {"M": 2, "F": 4}
    assert found["CIN-F1"] == (1, 1)
    assert found.of("CIN-F1", "factor", "Domestic abuse: parent or carer") == (1, 1)
    assert found.split("CIN-F1", "factor") == {
        "Domestic abuse: parent or carer": 1,
        **{f"Physical abuse: by {whom}": 1 for whom in ("a child", "an adult")},
    }
    assert found.of("CIN-F") is None  # no measure of the register, only what CIN-F1 divides up


def test_enquiries_and_conferences():
    found = values(
        "cin",
        children=[BOY, GIRL],
        episodes=[
            (1, 1, A, "2024-03-01", "6", False, "N1"),
            # moved in with a plan on 3 June: its clock runs from the notice
            (2, 2, A, "2024-06-03", "5C", False, "N1", None, None, "2024-06-25"),
        ],
        section_47s=[
            (1, 1, "2024-06-03", "2024-06-24"),  # Monday to Monday, three weeks: 15
            (2, 1, "2024-06-03"),  # the same day again: one enquiry
            (3, 1, "2024-03-25", "2024-04-17"),  # begun the year before; 17 days less two at Easter: 15
            (4, 1, "2024-06-10", "2024-06-24"),  # the same conference as the first, whose clock began earlier
            (5, 1, "2025-03-31", "2025-04-10"),  # conference after the year
        ],
    )
    assert found["CIN-S1"] == (3, population(A, 2025))  # 3 June, 10 June, 31 March
    assert found["CIN-S2"] == (3, population(A, 2025))  # 17 April, 24 June; 25 June by transfer
    assert found["CIN-S3"] == (2, 3)  # the transfer took 16
    assert found.of("CIN-S3", "sex", "F") == (0, 1)


def test_protection_plans():
    found = values(
        "cin",
        children=[BOY, GIRL, UNBORN, (4, A, "2024-01-01", "F", "MOTH", [])],
        episodes=[(number, number, A, "2022-01-01", "6", False, "N1") for number in (1, 2, 3, 4)],
        cp_plans=[
            (1, 1, "2024-12-31", None, "NEG", None, 0),  # three months to the day, for March has a 31st
            (2, 2, "2024-03-31", None, "NEG", "EMO", 2),  # a year to the day
            (3, 3, "2025-01-01", "2025-04-05", None, None, 0),  # open at the end of the year
            (4, 4, "2022-05-01", "2024-04-01", "PHY", "PHY", 0),  # ended on the first day
            (5, 4, "2024-06-01", "2025-03-31", "SAB", "MUL", 1),  # ended on the last
        ],
    )
    assert found["CIN-P1"] == (3, population(A, 2025))
    assert found["CIN-P2"] == (3, population(A, 2025))  # 1, 3, 5
    assert found["CIN-P3"] == (2, population(A, 2025))
    assert found["CIN-P4"] == (5, population(A, 2025))
    assert found["CIN-P5"] == (1, 3)
    assert found.split("CIN-P6", "duration") == {"3 months or less": 2, "1 to under 2 years": 1}
    assert found.split("CIN-P8", "category_of_abuse") == {"NEG": 1, "EMO": 1, "Not stated": 1}
    assert found.of("CIN-P8", "category_of_abuse", "EMO") == (1, 3)
    assert found.split("CIN-P3", "age_band") == {"1 to 4": 2}


def test_looked_after():
    found = values(
        "ssda903",
        children=[BOY, GIRL, (4, A, "2024-12-01", "F", "MOTH", []), (5, A, "2012-01-01", "M", None, [])],
        periods=[
            (1, 1, A, "2022-01-01", None, None, False),
            (2, 2, A, "2024-05-01", "2024-08-01", "E4A", False),  # home again
            (3, 2, A, "2024-10-01", None, None, False),  # and back
            (4, 4, A, "2025-01-05", "2025-03-31", "E2", False),
            (5, 5, A, "2024-05-01", None, None, True),  # short breaks
        ],
        care_episodes=[
            (1, 1, "2022-01-01", "2024-09-01", "S", "C1", "N1", "U6", "PR1"),
            (1, 1, "2024-09-01", "2025-03-20", "L", "C2", "N1", "U6", "PR1"),
            (1, 1, "2025-03-20", "2025-04-20", "P", "C2", "N1", "T1", "PR4"),  # on 31 March away, in effect with PR1
            (2, 2, "2024-05-01", "2024-08-01", "S", "V2", "N5", "K2", "PR4"),
            (3, 2, "2024-10-01", None, "S", "V2", "N4", "Z1", None),
            (4, 4, "2025-01-05", "2025-03-31", "S", "L3", "N1", "U6", "PR1"),
            (5, 5, "2024-05-01", None, "S", "V4", "N2", "R1", "PR4"),
        ],
        uasc=[(2, "2024-05-01", "2027-01-01"), (4, "2025-01-05", "2025-03-31")],
    )
    assert found["CLA-1"] == (2, population(A, 2025))  # the boy and the girl
    assert found["CLA-2"] == (2, population(A, 2025))  # the girl once, and the baby
    assert found["CLA-3"] == (2, population(A, 2025))
    assert found["CLA-4"] == (3, None)
    assert found.split("CLA-7", "category_of_need") == {"N1": 1, "N4": 1}
    assert found.split("CLA-8", "legal_status") == {"Full care order": 1, "Voluntary agreement": 1}
    assert found.split("CLA-9", "placement") == {"Foster placement": 1, "Other placement": 1}
    assert found.split("CLA-10", "provider") == {"Own provision": 1, "Not reported": 1}
    assert found.of("CLA-10", "provider", "Own provision") == (1, 2)
    assert found["CLA-16"] == (1, 2)
    assert found.split("CLA-17", "reason_ceased") == {"Returned home, planned": 1, "Died": 1}
    assert found["CLA-17"] == (2, 2)
    assert found.split("CLA-1", "age_band") == {"5 to 9": 1, "16 and over": 1}
    assert found.split("CLA-2", "age_band") == {"under 1": 1, "10 to 15": 1}  # the girl was 15 in May 2024
    assert found.split("CLA-3", "age_band") == {"under 1": 1, "10 to 15": 1}


def test_a_child_counts_at_the_first_start_and_at_the_last_end():
    found = values(
        "ssda903",
        children=[(1, A, "2007-06-01", "M", "OOTH", [])],
        periods=[
            (1, 1, A, "2024-05-01", "2024-05-20", "E4B", False),  # at 16
            (2, 1, A, "2024-05-25", "2024-07-01", "E9", False),  # came at 16, left at 17
            (3, 1, A, "2024-08-01", "2025-06-01", "E5", False),  # known on 31 March as still in care
        ],
        care_episodes=[
            (1, 1, "2024-05-01", "2024-05-20", "S", "V2", "N5", "U6", "PR1"),
            (2, 1, "2024-05-25", "2024-07-01", "S", "V2", "N5", "U6", "PR1"),
            (3, 1, "2024-08-01", "2025-06-01", "S", "V2", "N5", "U6", "PR1"),
        ],
    )
    assert found.split("CLA-2", "age_band") == {"16 and over": 1}
    assert found.split("CLA-3", "age_band") == {"17": 1}
    assert found.split("CLA-17", "reason_ceased") == {"Sentenced to custody": 1}
    assert found["CLA-1"][0] == 1


def placed(*episodes: tuple) -> tuple[int, int]:
    """CLA-13 of a child in care since 2020 with these episodes: start, end, RNE, placement type, provider, URN."""
    stays = [(1, 1, start, end, rne, "C2", "N1", *what) for start, end, rne, *what in episodes]
    found = values("ssda903", children=[BOY], periods=[(1, 1, A, "2020-01-01", None, None, False)], care_episodes=stays)
    return found["CLA-13"]


def test_three_placements_in_the_year():
    settled = ("2020-01-01", "2024-06-01", "S", "U6", "PR1")  # open at the start of the year
    second = ("2024-06-01", "2024-09-01", "P", "K2", "PR4", "1")
    assert placed(settled, second, ("2024-09-01", None, "P", "U6", "PR4")) == (1, 1)
    assert placed(settled, second, ("2024-09-01", None, "P", "U6", "PR1")) == (1, 1)  # going back is a placement
    assert placed(settled, second, ("2024-09-01", None, "L", "K2", "PR4", "1")) == (0, 1)  # another order only
    assert placed(settled, second, ("2024-09-01", "2025-04-01", "T", "K2", "PR4", "2")) == (1, 1)  # same carer, moved
    # what ended before the year is not of it
    before = ("2020-01-01", "2024-04-01", "S", "U6", "PR1")
    first = ("2024-04-01", "2024-06-01", "P", "U6", "PR4")
    assert placed(before, first, ("2024-06-01", None, "P", "K2", "PR4")) == (0, 1)
    # a stay in hospital, and the way back to the same home
    away = ("2024-09-01", "2024-09-09", "P", "T1", None)
    assert placed(settled, second, away, ("2024-09-09", None, "P", "K2", "PR4", "1")) == (0, 1)
    assert placed(settled, second, away, ("2024-09-09", None, "P", "K2", "PR4", "2")) == (1, 1)  # to another home
    # adoption by the foster carer adds nothing; by others it does
    fostered = ("2024-06-01", "2024-09-01", "P", "U5", "PR1")
    assert placed(settled, fostered, ("2024-09-01", None, "U", "A5", "PR1")) == (0, 1)
    assert placed(settled, fostered, ("2024-09-01", None, "P", "A6", "PR1")) == (1, 1)


def test_missing():
    found = values(
        "ssda903",
        children=[BOY, GIRL, (5, A, "2012-01-01", "M", "WBRI", [])],
        periods=[(1, 1, A, "2022-01-01", None, None, False), (2, 2, A, "2024-05-01", "2024-08-01", "E4A", False)],
        care_episodes=[
            (1, 1, "2022-01-01", None, "S", "C2", "N1", "U6", "PR1"),
            (2, 2, "2024-05-01", "2024-08-01", "S", "V2", "N5", "K2", "PR4"),
        ],
        missing=[
            (2, "M", "2024-05-05", "2024-05-06"),
            (2, "M", "2024-07-05", None),
            (2, "A", "2024-06-05", "2024-06-06"),  # away without leave, not missing
            (1, "A", "2024-06-05", "2024-06-06"),
            (1, "M", "2024-03-20", "2024-03-31"),  # over before the year
            (5, "M", "2024-06-05", "2024-06-06"),  # not in care
        ],
    )
    assert found["CLA-32"] == (1, 2)
    assert found["CLA-33"] == (2, 1)
    assert found.of("CLA-32", "sex", "M") == (0, 1)
    assert found.of("CLA-33", "sex", "M") is None  # nothing above or below the line


def test_care_leavers():
    found = values(
        "ssda903",
        # 18, 19, 21, 22, 17, 20, 20 years old on 31 March 2025
        children=[
            (number, A, born, "F", "WBRI", [])
            for number, born in enumerate(
                ["2006-06-01", "2006-03-31", "2003-04-01", "2003-03-31", "2007-06-01", "2005-01-01", "2004-06-01"], 1
            )
        ],
        periods=[
            (6, 6, A, "2018-01-01", "2020-01-01", "E3", False),  # another authority's by now
            (7, 7, A, "2018-01-01", "2020-01-01", "E8", True),  # short breaks only
        ],
        leavers=[
            (1, 2025, "YES", "F2", "D1"),
            (2, 2025, "NO", "0", "R2"),
            (3, 2025, "YES", "G5", "V2"),
            (4, 2025, "YES", "F1", "U1"),  # too old
            (5, 2025, "RHOM", "P1", "B1"),  # went home
            (6, 2025, "YES", "F1", "U1"),
            (7, 2025, "YES", "F1", "U1"),
            (1, 2024, "YES", "F1", "U1"),  # another year's
        ],
    )
    assert found["CL-1"] == (2, 3)
    assert found["CL-3"] == (1, 3)
    assert found["CL-4"] == (1, 3)
    assert found["CL-5"] == (1, 3)
    assert found["CL-8"] == (1, 2)  # without the one whose residence is not known
    assert found.split("CL-1", "age_band") == {"17-18": 1, "19-21": 1}
    assert found.of("CL-3", "age_band", "19-21") == (0, 2)


def test_every_measure_has_a_row_for_each_return_even_without_children():
    sent = [(A, 2024), (A, 2025), (B, 2025)]
    for return_name in ("cin", "ssda903"):
        found = values(return_name, sent=sent)
        expected = set(seed("measures/measures").filter(return_name=return_name)["measure_id"])
        assert {row[0] for row in found.cells} == expected
        assert len(found.cells) == 3 * len(expected) - (2 if return_name == "cin" else 0)  # CIN-R2 in 2025 alone


def test_no_return_has_no_measures():
    lives = {name: frame(name, []) for name in FRAMES}
    sent = pl.DataFrame(schema={"return_name": TEXT, "la_code": TEXT, "return_year": WHOLE})
    found = key.measures(lives, sent)
    assert found.is_empty()
    assert found.schema == values("cin").rows.schema


def test_children_described_anew_each_year():
    episodes = frame("episodes", [(1, 1, A, "2023-06-01", "6", False, "N1")])
    children = frame("children", [(1, A, "2015-06-01", "M", "WBRI", []), (1, A, "2015-06-01", "M", "MOTH", ["LD"])])
    children = children.with_columns(return_year=pl.Series([2024, 2025]))
    lives = {name: frame(name, []) for name in FRAMES} | {"children": children, "episodes": episodes}
    sent = pl.DataFrame({"return_name": "cin", "la_code": A, "return_year": [2024, 2025], "period_end": YEAR_ENDS})
    found = Values(key.measures(lives, sent))
    assert found.of("CIN-N1", "ethnicity", "White", year=2024) == (1, None)
    assert found.split("CIN-N1", "ethnicity") == {"Mixed": 1}
    assert key.measures(lives, sent, period_end=YEAR_ENDS[1]).equals(found.rows.filter(period_end=YEAR_ENDS[1]))
    assert [found.of("CIN-N7", year=year) for year in (2024, 2025)] == [(0, 1), (1, 1)]


def population(la_code: str, year: int) -> int:
    """Children of mid-year before the year, by the release that first gave the year's rates."""
    rows = seed("reference/population_0_to_17").filter(la_code=la_code, mid_year=str(year - 1)).sort("release_year")
    return int(next(row["population"] for row in rows.iter_rows(named=True) if int(row["release_year"]) >= year))


def test_a_year_alone_still_looks_back_at_the_year_before():
    made = {name: frame(name, []) for name in FRAMES}
    made["children"] = frame("children", [BOY])
    made["episodes"] = frame(
        "episodes", [(1, 1, A, "2024-03-01", "6", True), (2, 1, A, "2024-06-01", "6", False, "N1")]
    )
    sent = pl.DataFrame({"return_name": "cin", "la_code": A, "return_year": [2024, 2025], "period_end": YEAR_ENDS})
    assert Values(key.measures(made, sent, period_end=YEAR_ENDS[1]))["CIN-R2"] == (1, 1)
    assert Values(key.measures(made, sent.tail(1), period_end=YEAR_ENDS[1])).of("CIN-R2") is None


def test_persons_and_spells():
    made = {name: frame(name, []) for name in FRAMES}
    known = pl.DataFrame({"person_id": [7, 7], "la_child_id": ["X1", "X2"], "upn": ["U", None], "household_id": [1, 1]})
    known = known.with_columns(is_uasc=False, death_date=pl.lit(None, DAY))
    made["children"] = frame("children", [BOY, (2, B, *BOY[2:])]).hstack(known)  # one boy, known to two authorities
    made["episodes"] = frame(
        "episodes",
        [
            (1, 1, A, "2024-03-01", "6", True),
            (2, 1, A, "2024-06-01", "6", False, "N1", "2024-07-01", "RC8"),
            (3, 2, B, "2024-08-01", "6", False, "N1"),
        ],
    )
    made["cin_plans"] = frame("cin_plans", [(3, "2024-08-20", "2024-10-01")])
    made["cp_plans"] = frame("cp_plans", [(1, 3, "2024-10-01", None, "NEG", "NEG", 0)])
    made["periods"] = frame("periods", [(1, 2, B, "2024-12-01", None, None, False)])
    made["care_episodes"] = frame(
        "care_episodes",
        [
            (1, 2, "2024-12-01", "2025-01-01", "S", "C1", "N1", "U6", "PR1"),
            (1, 2, "2025-01-01", "2025-02-01", "L", "C2", "N1", "U6", "PR1"),  # the same placement
            (1, 2, "2025-02-01", None, "P", "C2", "N1", "K2", "PR4"),
        ],
    )
    assert key.persons(made).select("person_id", "child_id", "la_code", "la_child_id").rows() == [
        (7, 1, A, "X1"),
        (7, 2, B, "X2"),
    ]
    found = key.spells(made)
    assert set(found.select("person_id", "child_id", "la_code").rows()) == {(7, 2, B)}
    assert [(row[3], str(row[4]), str(row[5])) for row in found.rows()] == [
        ("care", "2024-12-01", "None"),
        ("child_in_need_plan", "2024-08-20", "2024-10-01"),
        ("need", "2024-08-01", "None"),
        ("placement", "2024-12-01", "2025-02-01"),
        ("placement", "2025-02-01", "None"),
        ("protection_plan", "2024-10-01", "None"),
    ]
