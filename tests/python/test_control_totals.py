"""Measures of the workforce and of SEN2 come out at London's published totals on returns built to have them.

One authority is given what all of London returned: the workforce of 2024 and SEN2 of January 2025. The rows are put
into raw as a load would, so many of each kind; the build and the published values are the project's own. Published
figures are of the Department for Education's open data, Open Government Licence v3.0.
"""

import csv
import io
from decimal import Decimal

import pytest
from conftest import LA_CODE, Data
from made_up import sen2, sen2_csv

from loaders import vault

# Workforce: headcount and full-time equivalents. 5,676 + 386 x 0.5 + 0.9 = 5,869.9 of 6,063 in post, of whom
# 963 + 32 x 0.5 + 0.9 = 979.9 of 996 are starters; leavers 876 + 41 x 0.5 = 896.5 of 917; agency 1,650 + 0.4 + 0.2.
# 3,636 full-time workers and the agency worker of 0.2 hold cases: 2,944 x 14 + 692 x 13 + 13 = 50,225. Days lost:
# 6,062 x 6.7 + 80.5 = 40,695.9.
WORKERS = """
    select n, '0' as agency,
        case when n <= 5676 then '1' when n <= 6062 then '0.5' else '0.9' end as fte,
        case when n <= 963 or n between 5677 and 5708 or n = 6063 then '2024-03-01' else '2015-03-01' end as started,
        null as ended, '1' as fte_before,
        case when n between 1001 and 3944 then '14' when n between 3945 and 4636 then '13' else '0' end as cases,
        case when n = 6063 then '80.5' else '6.7' end as days
    from range(1, 6064) as in_post(n)
    union all
    select 10000 + n, '0', '0', '2015-03-01', '2024-03-31', case when n <= 876 then '1' else '0.5' end, null, '0'
    from range(1, 918) as leavers(n)
    union all
    select 20000 + n, '1', case n when 1651 then '0.4' when 1652 then '0.2' else '1' end, null, null, null,
        case n when 1652 then '13' else '0' end, null
    from range(1, 1653) as agency(n)
"""
CSWW = [
    f"""
    insert into vault.raw.csww__workers (la_code, return_year, source_file, source_row, "AgencyWorker", "SWENo", "FTE",
        "PersonBirthDate", "Sex", "RoleStartDate", "RoleEndDate", "FTE30", "Cases30", "WorkingDaysLost")
    select '{LA_CODE}', 2024, 'f', n, agency, 'SW' || n, fte, '1985-06-15', 'F', started, ended, fte_before, cases, days
    from ({WORKERS})
    """,
    f"""
    insert into vault.raw.csww__la_level (la_code, return_year, source_file, source_row, "NumberOfVacancies",
        "NoAgencyFTE") values ('{LA_CODE}', 2024, 'f', 1, '1724.1', '1488.6')
    """,
]
# measure: numerator, denominator and the published value to one decimal
WORKFORCE = {
    "W01": ("5869.9", None, "5869.9"),
    "W02": ("6063", None, "6063"),
    "W03": ("979.9", None, "979.9"),
    "W03-H": ("996", None, "996"),
    "W04": ("917", None, "917"),
    "W05": ("896.5", None, "896.5"),
    "W06": ("896.5", "5869.9", "15.3"),
    "W06-H": ("917", "6063", "15.1"),
    "W07": ("1650.6", None, "1650.6"),
    "W08": ("1650.6", "7520.5", "21.9"),
    "W09": ("1724.1", None, "1724.1"),
    "W10": ("1724.1", "7594", "22.7"),
    "W11": ("1488.6", None, "1488.6"),
    "W12": ("1488.6", "1650.6", "90.2"),
    "W13": ("1488.6", "1724.1", "86.3"),
    "W14": ("50225", None, "50225"),
    "W15": ("3636.2", None, "3636.2"),
    "W16": ("50225", "3636.2", "13.8"),
    "W17": ("40695.9", None, "40695.9"),
    "W18": ("40695.9", "1490954.6", "2.7"),  # 5,869.9 x 254
}

# SEN2, four kinds of people by number. 1 to 15,184: assessments with an outcome on 15 February 2024. 20,001 and on:
# 84,673 plans from before, which with 14,443 issued make 99,116. 200,001 and on: 8,657 plans that ceased in 2024.
# 300,001 and on: 21,583 requests of 2024.
ASSESSED, EARLIER, CEASED, REQUESTED = (
    "range(1, 15185)",
    "range(20001, 104674)",
    "range(200001, 208658)",
    "range(300001, 321584)",
)
WHERE = f"'{LA_CODE}', 2025, 'f', n, n"
PLACE = "la_code, return_year, source_file, source_row, parent_row"
IN_FORCE = """
    select n, row_number() over (order by n) as m
    from (select n from range(1, 14444) as issued(n) union all select n from range(20001, 104674) as earlier(n))
"""


def days_before(days: int) -> str:
    return f"cast(date '2024-02-15' - {days} as varchar)"


SEN2 = [
    f"""
    insert into vault.raw.sen2__persons ({PLACE}, "UPN", "PersonBirthDate", "Sex")
    select {WHERE}, 'A' || lpad(cast(n as varchar), 12, '0'), '2006-07-01', 'F'
    from (select * from {ASSESSED} union all select * from {EARLIER} union all select * from {CEASED}
        union all select * from {REQUESTED}) as people(n)
    """,
    # Issued within 140 days 8,859, after 141 to 364 4,598, after 365 240 (published 239 and rounded: 13,697 in all),
    # and 746 disputed. Refused within 112 days 300, later 314, 2 with dates in the wrong order; 125 withdrawn.
    f"""
    insert into vault.raw.sen2__requests ({PLACE}, "RequestOutcome", "ReceivedDate")
    select {WHERE}, 'Y',
        case
            when n <= 8859 then {days_before(140)}
            when n <= 13457 then {days_before(141)}
            when n <= 13697 then {days_before(365)}
            when n <= 14443 then {days_before(100)}
            when n <= 14743 then {days_before(112)}
            when n <= 15057 then {days_before(113)}
            when n <= 15059 then {days_before(-500)}
        end
    from {ASSESSED} as assessed(n)
    union all select {WHERE}, 'H', null from {EARLIER} as earlier(n)
    union all select {WHERE}, 'H', null from {CEASED} as ceased(n)
    """,
    # Agreed 14,483, refused 5,053, open 1,919, withdrawn 128. 17,671 decided after 42 days, 1,865 after 43; 1,381 open
    # and overdue, 538 open since 20 December. 938 with mediation, 625 with a tribunal, 152 with both.
    f"""
    insert into vault.raw.sen2__requests ({PLACE}, "RequestOutcome", "ReceivedDate", "RequestOutcomeDate",
        "RequestMediation", "RequestTribunal")
    select {WHERE},
        case when k <= 14483 then 'Y' when k <= 19536 then 'N' when k <= 21455 then 'A' else 'W' end,
        case when k between 20918 and 21455 then '2024-12-20' else '2024-03-01' end,
        case when k <= 17671 then '2024-04-12' when k <= 19536 then '2024-04-13' end,
        cast(cast(k <= 938 as integer) as varchar),
        cast(cast(k between 787 and 1411 as integer) as varchar)
    from (select n, n - 300000 as k from {REQUESTED} as requested(n))
    """,
    # Exceptions: 469 issued within 140 days and 684 later, so that 8,390 of 12,544 are left.
    f"""
    insert into vault.raw.sen2__assessments ({PLACE}, "AssessmentOutcome", "AssessmentOutcomeDate", "Week20",
        "AssessmentMediation")
    select {WHERE}, case when n <= 14443 then 'Y' when n <= 15059 then 'N' else 'W' end, '2024-02-15',
        cast(cast(n <= 469 or n between 8860 and 9543 as integer) as varchar),
        cast(cast(n between 13698 and 14443 as integer) as varchar)
    from {ASSESSED} as assessed(n)
    union all select {WHERE}, 'H', null, null, null from {EARLIER} as earlier(n)
    union all select {WHERE}, 'H', null, null, null from {CEASED} as ceased(n)
    """,
    # 83,814 started more than 12 months before the census, 15,302 since.
    f"""
    insert into vault.raw.sen2__named_plans ({PLACE}, "StartDate", "PB", "OA", "DP")
    select {WHERE},
        case when n <= 14443 then '2024-02-15' when n <= 20000 + 83814 then '2020-01-01' else '2024-06-01' end,
        cast(cast(m <= 2187 as integer) as varchar), cast(cast(m <= 606 as integer) as varchar),
        case when m between 607 and 609 then 'H' when m between 610 and 948 then 'E'
            when m between 949 and 2344 then 'S' when m between 2345 and 2436 then 'I' end
    from ({IN_FORCE})
    """,
    f"""
    insert into vault.raw.sen2__named_plans ({PLACE}, "StartDate", "CeaseDate", "CeaseReason")
    select {WHERE}, '2020-01-01', '2024-06-30',
        case when k <= 952 then '2' when k <= 1649 then '3' when k <= 2282 then '4' when k <= 5696 then '5'
            when k <= 7711 then '6' else '9' end
    from (select n, n - 200000 as k from {CEASED} as ceased(n))
    """,
    # Of those expected 67,580 had a meeting: 27,185 to amend, 484 to cease, 20,611 to maintain; 18,472 decided after
    # 28 days and 28,231 after 29.
    f"""
    insert into vault.raw.sen2__active_plans ({PLACE}, "ReviewMeeting", "ReviewOutcome", "LastReview")
    select {WHERE}, case when k <= 67580 then '2024-05-01' end,
        case when k <= 27185 then 'A' when k <= 27669 then 'C' when k <= 48280 then 'M' end,
        case when k <= 18472 then '2024-05-29' when k <= 46703 then '2024-05-30' end
    from (select n, case when n > 20000 then n - 20000 else 999999 end as k from ({IN_FORCE}))
    """,
    f"""
    insert into vault.raw.sen2__sen_needs ({PLACE}, "SENtypeRank", "SENtype")
    select {WHERE}, '1',
        case when m <= 36417 then 'ASD' when m <= 60595 then 'SLCN' when m <= 75180 then 'SEMH' when m <= 83930
            then 'MLD' when m <= 84000 then 'DS' else 'OTH' end
    from ({IN_FORCE})
    """,
    f"""
    insert into vault.raw.sen2__placement_details ({PLACE}, "PlacementRank", "EntryDate", "URN", "Res", "WBP")
    select {WHERE}, '1', '2023-09-01', '100001', case when m <= 185 then 'A' when m <= 288 then 'B' end,
        case when m <= 549 then 'S' when m <= 604 then 'A' when m <= 693 then 'T' end
    from ({IN_FORCE})
    """,
]
PLANS = {
    "S01": ("99116", None, "99116"),
    "S04": ("21583", None, "21583"),
    "S05": ("14483", "21583", "67.1"),
    "S06": ("5053", "21583", "23.4"),
    "S07": ("1919", "21583", "8.9"),
    "S08": ("128", "21583", "0.6"),
    "S09": ("17671", "20917", "84.5"),
    "S12": ("938", "21583", "4.3"),
    "S12-T": ("625", "21583", "2.9"),
    "S12-B": ("152", "21583", "0.7"),
    "S13": ("15184", None, "15184"),
    "S14": ("14443", "15184", "95.1"),
    "S15": ("616", "15184", "4.1"),
    "S16": ("300", "614", "48.9"),
    "S17": ("8859", "13697", "64.7"),
    "S18": ("8390", "12544", "66.9"),
    "S19": ("4598", "13697", "33.6"),
    "S19-O": ("240", "13697", "1.8"),
    "S27": ("185", "99116", "0.2"),
    "S27-B": ("103", "99116", "0.1"),
    "S28-S": ("549", "99116", "0.6"),
    "S28-A": ("55", "99116", "0.1"),
    "S28-T": ("89", "99116", "0.1"),
    "S29": ("83814", "99116", "84.6"),
    "S30": ("67580", "83814", "80.6"),
    "S32": ("18472", "46703", "39.6"),
    "S34": ("2187", "99116", "2.2"),
    "S34-O": ("606", "99116", "0.6"),
    "S34-H": ("3", "99116", ""),  # too few to publish
    "S34-E": ("339", "99116", "0.3"),
    "S34-S": ("1396", "99116", "1.4"),
    "S34-I": ("92", "99116", "0.1"),
    "S36-O": ("3414", "8657", "39.4"),
    "S37": ("1919", None, "1919"),
}
DIVIDED = {
    ("S22", "primary_need", "Autistic spectrum disorder"): "36417",
    ("S22", "primary_need", "Speech, language and communication needs"): "24178",
    ("S22", "primary_need", "Social, emotional and mental health"): "14585",
    ("S22", "primary_need", "Moderate learning difficulty"): "8750",
    ("S22", "primary_need", "Other difficulty"): "15186",
    ("S31", "review_outcome", "A"): "27185",
    ("S31", "review_outcome", "C"): "484",
    ("S31", "review_outcome", "M"): "20611",
    ("S31", "review_outcome", "None yet"): "19300",
    ("S35", "cease_reason", "2"): "952",
    ("S35", "cease_reason", "3"): "697",
    ("S35", "cease_reason", "4"): "633",
    ("S35", "cease_reason", "5"): "3414",
    ("S35", "cease_reason", "6"): "2015",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A data folder with both returns in raw, built to the end without its tests."""
    data = Data(tmp_path_factory.mktemp("totals") / "data")
    with vault.connect(data.home, vault=True) as connection:
        vault.prepare(connection)
        for statement in [*CSWW, *SEN2]:
            connection.execute(statement)
    data.put("greenwich/sen2/2025/plans.xml", sen2(la="203"))
    for name, content in sen2_csv(la="204").items():
        data.put(f"hackney/sen2/2025/{name}", content)
    assert {one.status for one in data.load().values()} == {"landed"}
    made = data.liia("dbt", "--quiet", "build", "--exclude-resource-type", "test", "unit_test")
    assert made.returncode == 0, made.stdout + made.stderr

    def rows(query: str) -> list[dict]:
        answer = data.liia("sql", query, "--csv")
        assert answer.returncode == 0, answer.stderr
        return list(csv.DictReader(io.StringIO(answer.stdout)))

    return rows


@pytest.mark.parametrize(("period_end", "totals"), [("2024-09-30", WORKFORCE), ("2025-01-16", PLANS)])
def test_totals_and_rates_are_the_published_ones(built, period_end, totals):
    counted = {
        row["measure_id"]: tuple(Decimal(row[part]) if row[part] else None for part in ("numerator", "denominator"))
        for row in built(
            "select measure_id, numerator, denominator from measures.msr_all"
            f" where la_code = '{LA_CODE}' and breakdown = 'all' and period_end = '{period_end}'"
        )
    }
    published = {
        row["measure_id"]: Decimal(row["value"]) if row["value"] else None
        for row in built(
            "select measure_id, value from published.pub_fct_measures"
            f" where la_code = '{LA_CODE}' and breakdown = 'all' and period_end = '{period_end}'"
        )
    }
    for measure, (numerator, denominator, value) in totals.items():
        assert counted[measure] == (Decimal(numerator), Decimal(denominator) if denominator else None), measure
        assert published[measure] == (Decimal(value) if value else None), measure


def test_a_plan_counts_the_same_in_xml_and_in_a_csv_export(built):
    # S02 is left its numerator alone: its denominator is the population, which two authorities do not share.
    denominator = "case when measure_id <> 'S02' then denominator end as denominator"
    columns = f"measure_id, breakdown, breakdown_value, numerator, {denominator}"
    in_xml, in_csv = (
        built(f"select {columns} from measures.msr_all where la_code = '{la}' order by all")
        for la in ("E09000011", "E09000012")
    )
    assert in_xml == in_csv
    counted = {row["measure_id"]: row["numerator"] for row in in_xml if row["breakdown"] == "all"}
    assert {name: counted[name] for name in ("S01", "S03", "S04", "S09", "S17", "S25", "S27", "S34-E")} == {
        "S01": "1", "S03": "1", "S04": "1", "S09": "1", "S17": "1", "S25": "1", "S27": "1", "S34-E": "1",
    }  # fmt: skip


def test_divided_totals_are_the_published_ones(built):
    found = {
        (row["measure_id"], row["breakdown"], row["breakdown_value"]): row["numerator"]
        for row in built(
            "select measure_id, breakdown, breakdown_value, numerator from measures.msr_all"
            f" where measure_id in ('S22', 'S31', 'S35') and breakdown != 'all' and la_code = '{LA_CODE}'"
        )
    }
    assert {key: found[key] for key in DIVIDED} == DIVIDED
