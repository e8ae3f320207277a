"""The workforce census in XML: an element for the authority beside the workers, under the names of every layout."""

import pytest
from made_up import xml

WORKER = [("AgencyWorker", "0"), ("SWENo", "SW1234567"), ("FTE", "0.8"), ("OrgRole", "5")]
LEVEL = [("NumberOfVacancies", "5.56"), ("NoAgencyFTE", "3.2"), ("NoAgencyHeadcount", "4")]


def header(collection: str | None = "CSWW", year: int = 2024):
    said = [("Collection", collection)] if collection else []
    return (
        "Header",
        [
            ("CollectionDetails", [*said, ("Year", str(year)), ("ReferenceDate", f"{year}-09-30")]),
            ("Source", [("SourceLevel", "L"), ("LEA", "202"), ("DateTime", f"{year}-10-31T09:00:00")]),
        ],
    )


def message(*inside, **how) -> str:
    return xml(("Message", [header(**how), *inside]))


@pytest.mark.parametrize(
    ("level", "workers"),
    [
        ("LALevelVacancies", [("CSWWWorker", WORKER), ("CSWWWorker", WORKER)]),
        ("LALevel", [("CSWWWorker", WORKER), ("CSWWWorker", WORKER)]),
        ("LALevel", [("CSWWWorkers", [("CSWWWorker", WORKER), ("CSWWWorker", WORKER)])]),
        ("LALevel", [("WorkerDetail", WORKER), ("WorkerDetail", WORKER)]),
    ],
)
def test_every_layout_lands_in_the_same_tables(data, level, workers):
    outcome = data.one(message((level, LEVEL), *workers))
    assert (outcome.status, outcome.return_name, outcome.return_year) == ("landed", "csww", 2024)
    assert outcome.findings == []
    assert outcome.table_rows == {"header": 1, "la_level": 1, "workers": 2}
    (la_level,) = data.raw("csww__la_level")
    assert {name: la_level[name] for name, _ in LEVEL} == dict(LEVEL)
    landed = data.raw("csww__workers")
    assert [row["record_number"] for row in landed] == [1, 2]
    assert all({name: row[name] for name, _ in WORKER} == dict(WORKER) for row in landed)


def test_the_element_of_the_authority_may_come_after_the_workers(data):
    outcome = data.one(message(("CSWWWorker", WORKER), ("LALevel", LEVEL)))
    assert outcome.table_rows == {"header": 1, "la_level": 1, "workers": 1}


def test_fields_under_other_names_land_in_their_columns(data):
    level = [*LEVEL, ("PerformanceReward", "2")]
    data.one(message(("LALevel", level), ("CSWWWorker", [("HCPCNo", "SW7654321"), *WORKER[2:]]), year=2025))
    assert data.raw("csww__la_level")[0]["PerformanceAward"] == "2"
    assert data.raw("csww__workers")[0]["SWENo"] == "SW7654321"


def test_a_misspelt_collection_is_read(data):
    assert data.one(message(("CSWWWorker", WORKER), collection="CSWWW")).return_name == "csww"


def test_a_file_that_names_no_collection_is_what_its_folder_says(data):
    content = message(("CSWWWorker", WORKER), collection=None)
    refused = data.one(content)
    assert refused.status == "rejected"
    assert refused.reason.startswith("it has no Collection, and may be cin or csww")
    data.put("camden/csww/2024/file.xml", content)
    assert data.load()["file.xml"].return_name == "csww"


def test_a_reference_date_other_than_30_september_is_a_finding(data):
    content = message(("CSWWWorker", WORKER)).replace("2024-09-30", "2024-10-01")
    assert data.one(content).findings == ["ReferenceDate is 2024-10-01, expected 2024-09-30."]


def test_a_year_before_the_first_individual_level_one_is_refused(data):
    outcome = data.one(message(("CSWWWorker", WORKER), year=2016))
    assert outcome.reason == ("it is for 2016; the specification of csww covers 2017 to 2025 (its `years` say so)")


def test_a_file_without_workers_is_refused(data):
    assert data.one(message(("LALevel", LEVEL))).reason == "it has no <CSWWWorker>, so no rows"
