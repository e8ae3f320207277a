"""Every published file that we have, landed as it is; sums and rates that its publishers reckoned, reckoned again."""

from pathlib import Path

import pytest

from loaders import landing, vault
from loaders.home import Home

LONDON = "E12000007"
NO_FIGURES = {
    "LTLA-UTLA_Apr23_Lookup_England-Wales.csv",
    "New_Statistical_Neighbour_Groupings_April_2021.csv",
    "data-guidance_cin_2022.txt",
    "data-guidance_cla_2022.txt",
    "data-guidance_sen2_2022.txt",
    "dfeR_geo_hierarchy_london.csv",
    "la_code_list.xlsx",
    "lait_data_dictionary.csv",
    "london_33_la_codes.csv",
    "lsoa11_lsoa21_lad22_london.csv",
    "lsoa21_ward24_lad24_london.csv",
    "sn_april_2021.xlsx",
    "sn_may_2025.xlsx",
    "sn_model_2025_wide.csv",
    "useful_links.csv",
}


class Landed:
    """All published files in a vault, and what became of each."""

    def __init__(self, home: Home, folder: Path):
        self.home = home
        self.files = sorted(file for file in folder.glob("*/*") if file.is_file())
        self.outcomes = landing.load(home, self.files)

    def ask(self, query: str) -> list[tuple]:
        """Rows of a query that begins with the figures as numbers, `figures`."""
        start = (
            "with figures as (select *, try_cast(value_as_published as double) as value from vault.official.figures)"
        )
        with vault.connect(self.home, vault=True, read_only=True) as connection:
            return connection.execute(f"{start} {query}").fetchall()


@pytest.fixture(scope="module")
def landed(public_data, tmp_path_factory) -> Landed:
    home = Home(tmp_path_factory.mktemp("official"))
    home.make()
    return Landed(home, public_data)


def test_every_file_lands_or_is_known_to_hold_no_figures(landed):
    became = {Path(one.source_file).name: one for one in landed.outcomes}
    assert len(landed.files) == len(became) == 105
    assert {name: (one.status, one.reason) for name, one in became.items() if one.status == "rejected"} == {}
    assert {name for name, one in became.items() if one.status == "set aside"} == NO_FIGURES
    assert all(one.status == "landed" and one.table_rows["figures"] for n, one in became.items() if n not in NO_FIGURES)
    assert [finding for one in landed.outcomes for finding in one.findings] == []


def test_a_second_load_changes_nothing(landed):
    again = landing.load(landed.home, landed.files)
    assert {one.status for one in again} == {"unchanged", "set aside"}


def test_no_figure_stands_twice(landed):
    key = "publication, dataset, release, area, time_period, filters, indicator"
    assert landed.ask(f"select {key} from figures group by all having count(*) > 1") == []


def test_every_cell_of_a_file_is_there_with_its_symbol(landed):
    """1,967 rows of 16 indicators; of Hackney 2021 the x, of City of London the c."""
    one = "dataset = 'b1_in_need' and release = '2024'"
    assert landed.ask(f"select count(*) from figures where {one}") == [(1967 * 16,)]
    hackney = f"select value_as_published, value from figures where {one} and indicator = 'At31_episodes'"
    assert landed.ask(f"{hackney} and area = 'E09000012' and time_period = '2021'") == [("x", None)]


SUMS = [  # publication, dataset, release, indicator, filters, period, of authorities, of London
    ("dfe_cin", "b1_in_need", "2025", "At31_episodes", "all", "2025", 68_815, 68_820),
    ("dfe_cin", "c1_referrals", "2025", "Referrals", "all", "2025", 105_791, 105_790),
    ("dfe_cin", "c1_referrals", "2025", "Re_referrals", "all", "2025", 20_524, 20_520),
    ("dfe_cin", "c4_enquiries_conferences", "2025", "Section47", "all", "2025", 35_995, 36_000),
    ("dfe_cin", "c4_enquiries_conferences", "2025", "ICPC", "all", "2025", 10_419, 10_420),
    ("dfe_cin", "d5_duration", "2025", "CPP_At31", "all", "2025", 7_119, 7_120),
    ("dfe_cla", "numbers", "2025", "children_count", "%31 March%", "2025", 9_288, 9_290),
    ("dfe_cla", "numbers", "2025", "children_count", "%starting%", "2025", 4_259, 4_260),
    ("dfe_sen2", "needs_all_plans", "202425", "ehc_plans", "%: All EHC plans", "202425", 99_116, 99_116),
]


@pytest.mark.parametrize(
    ("publication", "dataset", "release", "indicator", "filters", "period", "authorities", "london"),
    SUMS,
    ids=[f"{one[1]}-{one[3]}-{one[4]}" for one in SUMS],
)
def test_london_is_the_sum_of_its_authorities(
    landed, publication, dataset, release, indicator, filters, period, authorities, london
):
    answer = landed.ask(f"""
        select
            sum(value) filter (where area like 'E09%'),
            max(value) filter (where area = '{LONDON}')
        from figures
        where publication = '{publication}' and dataset = '{dataset}' and release = '{release}'
            and indicator = '{indicator}' and filters like '{filters}' and time_period = '{period}'
    """)
    assert answer == [(authorities, london)]


def test_the_children_of_london_are_the_sum_of_its_authorities(landed):
    answer = landed.ask(f"""
        select sum(value) filter (where area like 'E09%'), sum(value) filter (where area = '{LONDON}')
        from figures
        where dataset = 'mid_2023' and filters like 'sex: persons | age: %'
            and try_cast(right(filters, 2) as integer) < 18
    """)
    assert answer == [(1_899_880, 1_899_880)]


def wide(*indicators: str, where: str) -> str:
    """A query of several indicators side by side: area, period, then each of them."""
    columns = ", ".join(f"max(value) filter (where indicator = '{one}') as v{n}" for n, one in enumerate(indicators))
    return f"select area, time_period, filters, {columns} from figures where {where} group by all"


def agree(landed, query: str, reckoned: str, published: str, digits: int) -> tuple[int, int]:
    """Of rows that have both, how many agree to the digits that are published (halves up), and how many there are."""
    (answer,) = landed.ask(f"""
        select
            count(*) filter (where round(({reckoned}) + 1e-9, {digits}) = {published}),
            count(*) filter (where ({reckoned}) is not null and {published} is not null)
        from ({query})
    """)
    return answer


AUTHORITY = "(area like 'E06%' or area like 'E08%' or area like 'E09%' or area like 'E10%')"


def test_the_rate_in_need_is_on_the_population_of_the_middle_of_the_year_before(landed):
    population = (
        "select area, value as population from figures where dataset = 'population' and release = '2024' "
        "and time_period = '2023'"
    )
    need = wide(
        "At31_episodes",
        "At31_episodes_rate",
        where=f"dataset = 'b1_in_need' and release = '2024' and time_period = '2024' and {AUTHORITY}",
    )
    joined = f"select * from ({need}) as need inner join ({population}) as people using (area)"
    assert agree(landed, joined, "v0 * 10000 / population", "v1", 1) == (152, 152)


def test_the_rate_looked_after_is_on_the_population_beside_it(landed):
    looked_after = wide(
        "children_count",
        "rate_per_10000",
        "population_estimate",
        where=f"dataset = 'numbers' and filters like '%31 March%' and time_period = '2025' and {AUTHORITY}",
    )
    assert agree(landed, looked_after, "v0 * 10000 / v2", "v1", 0) == (151, 151)


def test_re_referrals_are_a_share_of_referrals(landed):
    referrals = wide(
        "Re_referrals",
        "Referrals",
        "Re_referrals_percent",
        where=f"dataset = 'c1_referrals' and release = '2025' and time_period = '2025' and {AUTHORITY}",
    )
    assert agree(landed, referrals, "v0 * 100 / v1", "v2", 1) == (153, 153)


LAIT = """
    select area, time_period, value as lait from figures where publication = 'dfe_lait' and filters = 'Short Desc: {}'
"""


def against_lait(landed, query: str, reckoned: str, measure: str) -> tuple[float, int]:
    """The largest difference from the tool's own figure, and how many authorities of London have both."""
    from loaders.recognise import authorities

    pairs = ", ".join(f"('{one.la_code}', '{one.dfe_la_code}')" for one in authorities() if one.la_code < "E1")
    (answer,) = landed.ask(f"""
        select max(abs(round(({reckoned}) + 1e-9, 1) - round(lait.lait + 1e-9, 1))), count(*)
        from ({query}) as counted
        inner join (values {pairs}) as codes (la, dfe) on counted.area = codes.la
        inner join ({LAIT.format(measure)}) as lait
            on codes.dfe = lait.area and counted.time_period = lait.time_period
        where ({reckoned}) is not null and lait.lait is not null
    """)
    return answer


def test_conferences_within_15_days_are_as_the_tool_has_them(landed):
    conferences = wide(
        "Duration_0-10_days",
        "Duration_11-15_days",
        "ICPC",
        where="dataset = 'c4_enquiries_conferences' and release = '2025' and time_period = '2025'",
    )
    difference, count = against_lait(landed, conferences, "(v0 + v1) * 100 / v2", "CP_conf_15days")
    assert difference == 0
    assert count > 100


def test_assessments_within_45_days_are_as_the_tool_has_them(landed):
    bands = ("Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days")
    assessments = wide(
        *bands,
        "Assessments_completed",
        where="dataset = 'c2_assessments' and release = '2024' and time_period = '2024'",
    )
    within = "(v0 + v1 + v2 + v3 + v4 + v5) * 100 / v6"
    difference, count = against_lait(landed, assessments, within, "Continue_Assess_Comp")
    assert difference == 0
    assert count > 100


RATES = [  # published rate, numerator, other part of the denominator, factor
    ("agency_rate_fte", "agency_fte", "numerator + inpost_fte", 100),
    ("vacancy_rate_fte", "vacancy_fte", "numerator + inpost_fte", 100),
    ("turnover_rate_fte", "leavers_fte", "inpost_fte", 100),
    ("caseload_fte", "cases", "case_holders_fte", 1),
    ("absence_rate_fte", "working_days_lost_fte", "days * inpost_fte", 100),
]


@pytest.mark.parametrize(("rate", "numerator", "denominator", "factor"), RATES, ids=[one[0] for one in RATES])
def test_workforce_rates_are_what_their_parts_make_them(landed, rate, numerator, denominator, factor):
    """All authorities and years. Parts and rates are rounded to one decimal place: the parts, at the ends of what they
    may have been, stand on either side of the rate at its own. A working year has 253 days, in 2020 and 2024 one more.
    """
    other = denominator.split()[-1]
    year = "case when time_period in ('2020', '2024') then 254 else 253 end"

    def at(slack: str) -> str:
        part = f"(v0 {slack} 0.05)"
        other_slack = "-" if slack == "+" else "+"
        base = f"greatest(v1 {other_slack} 0.05, 0.01)"
        below = {"inpost_fte": base, "numerator + inpost_fte": f"({part} + {base})"}.get(denominator, base)
        return f"{part} * {factor} / ({below} * {year if denominator.startswith('days') else 1})"

    parts = wide(numerator, other, rate, where=f"dataset = 'indicators' and release = '2025' and {AUTHORITY}")
    (answer,) = landed.ask(f"""
        select
            count(*) filter (where {at("-")} <= v2 + 0.0501 and {at("+")} >= v2 - 0.0501),
            count(*)
        from ({parts})
        where v0 is not null and v1 > 0 and v2 is not null
    """)
    right, both = answer
    assert right == both > 1_300
