"""Rows to files: what stands where, that nothing is lost or changed on the way to the vault, and where each row is."""

import csv
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from loaders import spec
from synthetic import files, shapes, xml_files
from synthetic.files import SHAPES, Shape

# Two children. The first has two referrals, of which the second is listed before the first has all its parts.
CIN = {
    "header": [
        (0, 1, None, {"Collection": "CIN", "Year": 2025, "ReferenceDate": date(2025, 3, 31), "LEA": "202",
                      "SerialNo": "001", "DateTime": datetime(2025, 5, 1, 9, 30)}),
    ],
    "child_identifiers": [
        (1, 1, None, {"LAchildID": "A1", "UPN": None, "PersonBirthDate": date(2012, 2, 29), "Sex": "F"}),
        (2, 2, None, {"LAchildID": "A2", "UPN": "Q907150043217", "PersonBirthDate": None, "Sex": "M"}),
    ],
    "child_characteristics": [(1, 1, None, {"Ethnicity": "WBRI"}), (2, 2, None, {"Ethnicity": None})],
    "disabilities": [(2, 1, 2, {"Disability": "AUT"}), (2, 2, 2, {"Disability": "LD"})],
    "cin_details": [
        (1, 1, None, {"CINreferralDate": date(2024, 6, 3), "ReferralNFA": False}),
        (1, 2, None, {"CINreferralDate": date(2024, 9, 9), "ReferralNFA": True}),
        (2, 3, None, {"CINreferralDate": date(2024, 7, 1), "ReferralNFA": None}),
    ],
    "assessments": [
        (1, 1, 2, {"AssessmentActualStartDate": date(2024, 9, 10)}),
        (1, 2, 1, {"AssessmentActualStartDate": date(2024, 6, 4)}),
        (2, 3, 3, {"AssessmentActualStartDate": None}),
    ],
    "assessment_factors": [
        (1, 1, 1, {"AssessmentFactors": "2A"}),
        (1, 2, 2, {"AssessmentFactors": "3B"}),
        (1, 3, 2, {"AssessmentFactors": "4A"}),
    ],
    "section_47": [(1, 1, 1, {"S47ActualStartDate": date(2024, 6, 5), "ICPCnotRequired": False})],
    "child_protection_plans": [(1, 1, 1, {"CPPstartDate": date(2024, 6, 20), "NumberOfPreviousCPP": 0})],
    "cpp_reviews": [(1, 1, 1, {"CPPreviewDate": date(2024, 9, 15)}), (1, 2, 1, {"CPPreviewDate": date(2025, 2, 1)})],
}  # fmt: skip
CIN_XML = """<?xml version="1.0" encoding="UTF-8"?>
<Message>
<Header><CollectionDetails><Collection>CIN</Collection><Year>2025</Year><ReferenceDate>2025-03-31</ReferenceDate>\
</CollectionDetails><Source><LEA>202</LEA><SerialNo>001</SerialNo><DateTime>2025-05-01T09:30:00</DateTime></Source>\
</Header>
<Children>
<Child><ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2012-02-29</PersonBirthDate><Sex>F</Sex>\
</ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>\
<CINdetails><CINreferralDate>2024-06-03</CINreferralDate>\
<Assessments><AssessmentActualStartDate>2024-06-04</AssessmentActualStartDate><FactorsIdentifiedAtAssessment>\
<AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>4A</AssessmentFactors></FactorsIdentifiedAtAssessment>\
</Assessments><Section47><S47ActualStartDate>2024-06-05</S47ActualStartDate><ICPCnotRequired>false</ICPCnotRequired>\
</Section47><ReferralNFA>false</ReferralNFA><ChildProtectionPlans><CPPstartDate>2024-06-20</CPPstartDate>\
<NumberOfPreviousCPP>0</NumberOfPreviousCPP><Reviews><CPPreviewDate>2024-09-15</CPPreviewDate>\
<CPPreviewDate>2025-02-01</CPPreviewDate></Reviews></ChildProtectionPlans></CINdetails>\
<CINdetails><CINreferralDate>2024-09-09</CINreferralDate><Assessments>\
<AssessmentActualStartDate>2024-09-10</AssessmentActualStartDate><FactorsIdentifiedAtAssessment>\
<AssessmentFactors>2A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>\
<ReferralNFA>true</ReferralNFA></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>A2</LAchildID><UPN>Q907150043217</UPN><Sex>M</Sex></ChildIdentifiers>\
<ChildCharacteristics><Disabilities><Disability>AUT</Disability><Disability>LD</Disability></Disabilities>\
</ChildCharacteristics><CINdetails><CINreferralDate>2024-07-01</CINreferralDate></CINdetails></Child>
</Children>
</Message>
"""

# Two children of whom the second is a care leaver and an adopted child, with rows that share the XML's HEADER.
CLA = {
    "header": [
        (1, 1, None, {"CHILD": "B1", "SEX": "F", "DOB": date(2012, 2, 29), "ETHNIC": "WBRI", "UPN": "", "UASC": "1"}),
        (2, 2, None, {"CHILD": "B2", "SEX": "M", "DOB": date(2006, 1, 2), "ETHNIC": "BAFR", "UPN": "UN1", "UASC": "0"}),
    ],
    "episodes": [
        (1, 1, None, {"CHILD": "B1", "DECOM": date(2024, 6, 3), "RNE": "S", "PLACE": "U4", "URN": "SC1, \"A\""}),
        (1, 2, None, {"CHILD": "B1", "DECOM": date(2024, 8, 3), "RNE": "P", "PLACE": "K2", "URN": None}),
    ],
    "reviews": [
        (1, 1, None, {"CHILD": "B1", "DOB": date(2012, 2, 29), "REVIEW": date(2024, 7, 1), "REVIEW_CODE": "PN1"}),
    ],
    "uasc": [(1, 1, None, {"CHILD": "B1", "SEX": "F", "DOB": date(2012, 2, 29), "DUC": None})],
    "oc3": [(2, 1, None, {"CHILD": "B2", "DOB": date(2006, 1, 2), "IN_TOUCH": "YES", "ACTIV": "F1", "ACCOM": "B1"})],
    "missing": [],
    "sw_episodes": [
        (2, 1, None, {"CHILD": "B2", "DOB": date(2006, 1, 2), "SW_ID": "W1", "SW_DECOM": date(2024, 4, 1)}),
    ],
}  # fmt: skip
CLA_XML = """<?xml version="1.0" encoding="UTF-8"?>
<EXPSSDA903>
<CHILD><HEADER><CHILDID>B1</CHILDID><UPN></UPN><SEX>F</SEX><DOB>29/02/2012</DOB><ETHNIC>WBRI</ETHNIC><UASC>1</UASC>\
<AREVIEW><REVIEW>01/07/2024</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW></HEADER>\
<EPISODE><DECOM>03/06/2024</DECOM><RNE>S</RNE><PL>U4</PL><URN>SC1, "A"</URN></EPISODE>\
<EPISODE><DECOM>03/08/2024</DECOM><RNE>P</RNE><PL>K2</PL></EPISODE></CHILD>
<CHILD><HEADER><CHILDID>B2</CHILDID><UPN>UN1</UPN><SEX>M</SEX><DOB>02/01/2006</DOB><ETHNIC>BAFR</ETHNIC><UASC>0</UASC>\
<IN_TOUCH>YES</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>B1</ACCOM></HEADER></CHILD>
</EXPSSDA903>
"""


def frame(rows: list[tuple]) -> pl.DataFrame:
    keys = {"record": pl.Int64, "row": pl.Int64, "parent": pl.Int64}
    if not rows:
        return pl.DataFrame(schema=keys)
    made = pl.DataFrame([{"record": r, "row": n, "parent": p} | v for r, n, p, v in rows], schema_overrides=keys)
    return made.with_columns(pl.selectors.by_dtype(pl.Null).cast(pl.String))


def texts(return_name: str, tables: dict[str, list[tuple]], dates: str | None = None) -> dict[str, pl.DataFrame]:
    return {name: files.as_text(return_name, name, frame(rows), dates) for name, rows in tables.items()}


def xml(return_name: str, year: int, tables: dict[str, pl.DataFrame], encoding: str = "utf-8") -> bytes:
    out = io.BytesIO()
    files.to_xml(return_name, year, tables, out, encoding)
    return out.getvalue()


def one_referral(**values: str | None) -> dict[str, pl.DataFrame]:
    return {
        "child_identifiers": frame([(1, 1, None, {"LAchildID": "A1"})]),
        "cin_details": frame([(1, 1, None, {"CINreferralDate": "2024-06-03"} | values)]),
    }


def test_values_as_text():
    typed = pl.DataFrame(
        {
            "record": [1, 2],
            "_born": [date(2012, 2, 29), None],
            "CINreferralDate": [date(2024, 6, 3), None],
            "ReferralNFA": [True, None],
            "ReferralSource": ["1A", ""],
        }
    )
    assert files.as_text("cin", "cin_details", typed).rows() == [
        (1, date(2012, 2, 29), "2024-06-03", "true", "1A"),
        (2, None, None, None, ""),
    ]
    decom = pl.DataFrame({"DECOM": [date(2024, 6, 3)]})
    assert files.as_text("ssda903", "episodes", decom).item() == "03/06/2024"
    assert files.as_text("ssda903", "episodes", decom, "%Y-%m-%d").item() == "2024-06-03"


def test_children_in_need_xml():
    assert xml("cin", 2025, texts("cin", CIN)).decode() == CIN_XML


def test_looked_after_xml_joins_the_tables_that_share_an_element():
    assert xml("ssda903", 2025, texts("ssda903", CLA)).decode() == CLA_XML


def test_records_are_written_in_portions(monkeypatch):
    whole = xml("cin", 2025, texts("cin", CIN))
    monkeypatch.setattr(xml_files, "RECORDS_AT_ONCE", 1)
    assert xml("cin", 2025, texts("cin", CIN)) == whole


def test_a_year_has_its_own_columns_and_tables():
    tables = one_referral() | {"child_identifiers": frame([(1, 1, None, {"GenderCurrent": "1", "Sex": "M"})])}
    tables["cin_plan_dates"] = frame([(1, 1, 1, {"CINPlanStartDate": "2020-06-03"})])
    for year, tags in {
        2021: {"GenderCurrent"},
        2024: {"GenderCurrent", "CINPlanStartDate"},
        2026: {"Sex", "CINPlanStartDate"},
    }.items():
        found = {element.tag for element in etree.fromstring(xml("cin", year, tables)).iter()}
        assert found & {"GenderCurrent", "Sex", "CINPlanStartDate"} == tags


def test_nothing_empty_text_and_rows_that_say_nothing():
    tables = one_referral(ReferralSource="", PrimaryNeedCode=None)
    tables["assessments"] = frame(
        [(1, 1, 1, {"AssessmentActualStartDate": ""}), (1, 2, 1, {"AssessmentActualStartDate": None})]
    )
    tables["assessment_factors"] = frame([(1, 1, 1, {"AssessmentFactors": "2A"}), (1, 2, 1, {"AssessmentFactors": ""})])
    (details,) = etree.fromstring(xml("cin", 2025, tables)).iter("CINdetails")
    assert etree.tostring(details).decode().strip() == (
        "<CINdetails><CINreferralDate>2024-06-03</CINreferralDate><ReferralSource/>"
        "<Assessments><AssessmentActualStartDate/><FactorsIdentifiedAtAssessment>"
        "<AssessmentFactors>2A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments></CINdetails>"
    )


def test_a_row_without_its_parent():
    lost = one_referral() | {"assessments": frame([(1, 1, 7, {"AssessmentActualStartDate": "2024-06-04"})])}
    with pytest.raises(ValueError, match=r"/Assessments names a parent that is not among the rows of .*/CINdetails"):
        xml("cin", 2025, lost)


def test_a_record_whose_outer_row_is_missing():
    assert b"<CHILD><HEADER><AREVIEW><REVIEW>x</REVIEW></AREVIEW></HEADER></CHILD>" in xml(
        "ssda903", 2025, {"reviews": frame([(4, 1, None, {"REVIEW": "x"})])}
    )


def a_return(name: str, record: str, tables: list[tuple[str, str, str | None, list[str]]]) -> spec.Return:
    """A specification of tables (name, path, parent, columns) below /Message."""

    def column(name: str) -> dict:
        meta = {"type": "string", "years": [2018, None], "required": "never", "privacy": "operational"}
        if "/" in name:
            meta["path"] = name
        return {"name": name.rpartition("/")[2], "description": "x", "config": {"meta": meta}}

    def table(name: str, path: str, parent: str | None, columns: list[str]) -> dict:
        meta = {"path": path, "parent": parent, "grain": [], "years": [2018, None]}
        columns = [column(name) for name in columns]
        return {"name": name, "identifier": name, "description": "x", "config": {"meta": meta}, "columns": columns}

    meta = {
        "title": "x", "owner": "x", "legal_basis": "x", "years": [2018, 2026], "period_end": "09-30",
        "formats": ["xml"], "date_format": "%Y-%m-%d", "xml_root": "Message", "xml_record": record,
    }  # fmt: skip
    return spec.Return(
        name=name, description="x", database="vault", schema="raw", config={"meta": meta},
        tables=[table(*one) for one in tables],
    )  # fmt: skip


WORKFORCE = a_return(
    "workforce",
    "/Message/CSWWWorker",
    [
        ("header", "/Message/Header", None, ["/Message/Header/Source/LEA"]),
        ("la_level", "/Message/LALevel", None, ["NumberOfVacancies", "NoAgencyFTE"]),
        ("worker", "/Message/CSWWWorker", None, ["SWENo", "FTE"]),
    ],
)
PERSON = "/Message/Persons/Person"
SEN = a_return(
    "sen",
    PERSON,
    [
        ("person", PERSON, None, ["Surname"]),
        ("request", f"{PERSON}/Requests", "person", ["ReceivedDate"]),
        ("assessment", f"{PERSON}/Requests/Assessment", "request", ["Week20"]),
        ("named_plan", f"{PERSON}/Requests/Assessment/NamedPlan", "assessment", ["StartDate"]),
        ("plan_detail", f"{PERSON}/Requests/Assessment/NamedPlan/PlanDetail", "named_plan", ["URN"]),
        ("active_plan", f"{PERSON}/Requests/ActivePlans", "request", ["LastReview"]),
        ("placement_detail", f"{PERSON}/Requests/ActivePlans/PlacementDetail", "active_plan", ["URN"]),
    ],
)


@pytest.fixture
def other_returns(monkeypatch):
    known = spec.returns() | {source.name: source for source in (WORKFORCE, SEN)}
    monkeypatch.setattr(spec, "returns", lambda: known)


def test_rows_of_the_authority_beside_those_of_its_workers(other_returns):
    tables = {
        "header": frame([(0, 1, None, {"LEA": "202"})]),
        "la_level": frame([(0, 1, None, {"NumberOfVacancies": "4", "NoAgencyFTE": "2.5"})]),
        "worker": frame([(1, 1, None, {"SWENo": "SW1", "FTE": "0.6"}), (2, 2, None, {"SWENo": "SW2", "FTE": None})]),
    }
    assert xml("workforce", 2025, tables).decode().splitlines()[1:] == [
        "<Message>",
        "<Header><Source><LEA>202</LEA></Source></Header>",
        "<LALevel><NumberOfVacancies>4</NumberOfVacancies><NoAgencyFTE>2.5</NoAgencyFTE></LALevel>",
        "<CSWWWorker><SWENo>SW1</SWENo><FTE>0.6</FTE></CSWWWorker>",
        "<CSWWWorker><SWENo>SW2</SWENo></CSWWWorker>",
        "</Message>",
    ]


def test_six_levels_of_rows_in_rows(other_returns):
    tables = {
        "person": frame([(1, 1, None, {"Surname": "Ng"}), (2, 2, None, {"Surname": None})]),
        "request": frame([(1, 1, 1, {"ReceivedDate": "r1"}), (1, 2, 1, {"ReceivedDate": "r2"}), (2, 3, 2, {})]),
        "assessment": frame([(1, 1, 1, {"Week20": "0"}), (2, 2, 3, {"Week20": None})]),
        "named_plan": frame([(1, 1, 1, {"StartDate": "s1"}), (2, 2, 2, {"StartDate": None})]),
        "plan_detail": frame([(1, 1, 1, {"URN": "u1"}), (1, 2, 1, {"URN": "u2"}), (2, 3, 2, {"URN": "u3"})]),
        "active_plan": frame([(1, 1, 2, {"LastReview": None})]),
        "placement_detail": frame([(1, 1, 1, {"URN": "p1"})]),
    }  # fmt: skip
    assert xml("sen", 2025, tables).decode().splitlines()[2:-1] == [
        "<Persons>",
        "<Person><Surname>Ng</Surname><Requests><ReceivedDate>r1</ReceivedDate><Assessment><Week20>0</Week20><NamedPlan>"
        "<StartDate>s1</StartDate><PlanDetail><URN>u1</URN></PlanDetail><PlanDetail><URN>u2</URN></PlanDetail></NamedPlan>"
        "</Assessment></Requests><Requests><ReceivedDate>r2</ReceivedDate><ActivePlans><PlacementDetail><URN>p1</URN>"
        "</PlacementDetail></ActivePlans></Requests></Person>",
        "<Person><Requests><Assessment><NamedPlan><PlanDetail><URN>u3</URN></PlanDetail></NamedPlan></Assessment>"
        "</Requests></Person>",
        "</Persons>",
    ]
    rows = files.positions("sen", 2025, tables)
    assert rows["plan_detail"]["source_row"].to_list() == [1, 2, 3]
    assert rows["active_plan"]["source_row"].to_list() == [1]


LEGAL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r")
)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.none() | LEGAL, min_size=1, max_size=5))
def test_any_text_survives_xml(values):
    rows = frame([(n, n, None, {"LAchildID": f"A{n}", "UPN": value}) for n, value in enumerate(values)])
    root = etree.fromstring(xml("cin", 2025, {"child_identifiers": rows}))
    assert [
        child.text if (child := one.find("UPN")) is not None else None for one in root.iter("ChildIdentifiers")
    ] == [value or None for value in values]
    assert [one.find("UPN") is None for one in root.iter("ChildIdentifiers")] == [value is None for value in values]


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.none() | LEGAL, min_size=1, max_size=5))
def test_any_text_survives_csv(values):
    rows = frame([(n, n, None, {"CHILD": f"A{n}", "URN": value}) for n, value in enumerate(values)])
    ((name, content),) = files.to_csv("ssda903", 2025, {"episodes": rows})
    found = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert name == "episodes.csv"
    assert [row["URN"] for row in found] == [value or "" for value in values]


def test_csv_files():
    found = dict(files.to_csv("ssda903", 2025, texts("ssda903", CLA)))
    assert list(found) == ["header.csv", "episodes.csv", "reviews.csv", "uasc.csv", "oc3.csv", "social_worker.csv"]
    assert found["header.csv"].decode() == (
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\r\nB1,F,29/02/2012,WBRI,,,\r\nB2,M,02/01/2006,BAFR,UN1,,\r\n"
    )
    assert found["episodes.csv"].decode().splitlines()[1:] == [
        'B1,03/06/2024,S,,,U4,,,,,,,"SC1, ""A"""',
        "B1,03/08/2024,P,,,K2,,,,,,,",
    ]
    assert "social_worker.csv" not in dict(files.to_csv("ssda903", 2023, texts("ssda903", CLA)))


def test_one_odd_file_among_plain_ones():
    plain = dict(files.to_csv("ssda903", 2025, texts("ssda903", CLA)))
    odd = dict(files.to_csv("ssda903", 2025, texts("ssda903", CLA), Shape(file="header.csv", has_alias=True)))
    assert odd["header.csv"].startswith(b"CHILD,GENDER,DOB,")
    assert {name for name in plain if plain[name] != odd[name]} == {"header.csv"}


def test_a_zip_depends_on_its_files_alone():
    content = files.zipped({"a.csv": b"A\r\n", "b.csv": b"B\r\n"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {one.filename: (archive.read(one), one.date_time) for one in archive.infolist()} == {
            "a.csv": (b"A\r\n", (1980, 1, 1, 0, 0, 0)),
            "b.csv": (b"B\r\n", (1980, 1, 1, 0, 0, 0)),
        }
    assert (
        hashlib.sha256(content).hexdigest()
        == hashlib.sha256(files.zipped({"a.csv": b"A\r\n", "b.csv": b"B\r\n"})).hexdigest()
    )


def landed(data, return_name: str, tables: dict[str, pl.DataFrame]) -> dict[str, list[dict]]:
    return {name: data.raw(f"{return_name}__{name}") for name, rows in tables.items() if rows.height}


def assert_as_sent(found: dict[str, list[dict]], sent: dict[str, pl.DataFrame], left_out: set[str]):
    """Each row that was placed is in the vault, with its values, at its place; and no other."""
    for name, rows in sent.items():
        placed = rows.filter(pl.col("source_row").is_not_null()).sort("source_row").to_dicts()
        assert [row["source_row"] for row in placed] == [row["source_row"] for row in found.get(name, [])], name
        for row, raw in zip(placed, found.get(name, []), strict=True):
            values = {key: value for key, value in row.items() if key in raw and value and key not in left_out}
            assert values == {key: raw[key] for key in values}, name


def test_children_in_need_lands_where_positions_say(data):
    tables = texts("cin", CIN)
    (path,) = files.write(data.home.inbox / "camden" / "cin" / "2025", "cin", 2025, tables)
    outcome = data.load()[path.name]
    assert (outcome.status, outcome.findings) == ("landed", [])
    placed = files.positions("cin", 2025, tables)
    assert_as_sent(landed(data, "cin", tables), placed, {"source_file"})
    assert placed["assessments"]["source_row"].to_list() == [2, 1, None]
    assert placed["assessment_factors"]["source_row"].to_list() == [3, 1, 2]
    assert placed["disabilities"].select("source_file", "source_line").row(0) == ("cin_2025.xml", None)


@pytest.mark.parametrize("name", ["", *SHAPES])
def test_looked_after_files_of_every_shape_land_where_positions_say(data, name):
    shape = SHAPES.get(name, files.PLAIN)
    tables = texts("ssda903", CLA, shape.dates or None)
    tables["episodes"] = tables["episodes"].with_columns(HOME_POST=pl.Series(["N1\n9AA", "N2"]))
    files.write(data.home.inbox / "camden" / "ssda903" / "2025", "ssda903", 2025, tables, shape)
    for outcome in data.load().values():
        assert outcome.status == "landed"
        assert set(outcome.findings) - {"A value goes over several lines; is a quotation mark missing?"} == (
            {"Columns not in the specification, kept as unmapped: Team’s note."} if shape.has_own_column else set()
        )
    placed = files.positions("ssda903", 2025, tables, shape)
    assert_as_sent(landed(data, "ssda903", tables), placed, {"source_file", "UASC"})
    if not shape.is_xml:
        assert placed["episodes"]["source_line"].to_list() == [2, 4]
        assert data.ask("select distinct source_file from vault.raw.ssda903__episodes") == [
            ("camden/ssda903/2025/" + placed["episodes"]["source_file"][0],)
        ]


def test_xml_in_another_encoding(data):
    tables = texts("cin", CIN)
    tables["header"] = tables["header"].with_columns(SoftwareCode=pl.lit("Münze"))
    for encoding in shapes.ENCODINGS:
        root = etree.fromstring(xml("cin", 2025, tables, encoding))
        assert root.findtext("Header/Source/SoftwareCode") == "Münze"
        assert data.one(xml("cin", 2025, tables, encoding)).status in ("landed", "replaced")


def test_bytes_do_not_depend_on_threads():
    program = """
import hashlib, io, polars as pl
from synthetic import files
n = 30_000
row = pl.int_range(n, eager=True)
keys = {"record": row // 3, "row": row}
tables = {
    "cin_details": pl.DataFrame(keys | {"parent": pl.Series([None] * n, dtype=pl.Int64), "CINreferralDate": row}),
    "assessments": pl.DataFrame(keys | {"parent": row, "AssessmentActualStartDate": row}),
}
out = io.BytesIO()
files.to_xml("cin", 2025, {name: files.as_text("cin", name, rows) for name, rows in tables.items()}, out)
print(hashlib.sha256(out.getvalue()).hexdigest())
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": str(spec.PROJECT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "4")
    }
    assert len(found) == 1
