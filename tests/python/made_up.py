"""Returns made up for the tests: the least that is a CIN census, an SSDA903 file or an Annex A workbook, and more."""

import csv
import io
from datetime import date, datetime
from xml.sax.saxutils import escape

import xlsxwriter

CHILD_ID = "MARKER0001"  # what must never be seen outside the vault
UPN = "Q907150043217"


def xml(tree) -> str:
    """XML of nested (tag, value or [children]) pairs."""
    tag, inside = tree
    if isinstance(inside, list):
        return f"<{tag}>{''.join(xml(child) for child in inside)}</{tag}>"
    return f"<{tag}/>" if inside is None else f"<{tag}>{escape(inside)}</{tag}>"


def cin_header(la: str = "202", year: int | str = 2025, serial: str = "1", reference_date: str | None = None):
    return (
        "Header",
        [
            (
                "CollectionDetails",
                [
                    ("Collection", "CIN"),
                    ("Year", str(year)),
                    ("ReferenceDate", reference_date or f"{year}-03-31"),
                ],
            ),
            ("Source", [("LEA", la), ("SerialNo", serial), ("DateTime", f"{year}-05-01T09:00:00")]),
        ],
    )


def cin_child(child_id: str = CHILD_ID, upn: str = UPN, referral: str = "2024-06-03", more=()):
    return (
        "Child",
        [
            ("ChildIdentifiers", [("LAchildID", child_id), ("UPN", upn), ("PersonBirthDate", "2012-02-29")]),
            ("ChildCharacteristics", [("Ethnicity", "WBRI"), ("Disabilities", [("Disability", "NONE")])]),
            ("CINdetails", [("CINreferralDate", referral), ("ReferralSource", "1A"), *more]),
        ],
    )


def cin_tree(*children, **header):
    return "Message", [cin_header(**header), ("Children", list(children or [cin_child()]))]


def cin(*children, **header) -> str:
    """A CIN census of some children, by default one."""
    return xml(cin_tree(*children, **header))


HEADER_COLUMNS = ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"]
EPISODE_COLUMNS = [
    "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE",
    "HOME_POST", "PL_POST", "URN",
]  # fmt: skip
CHILD_ROW = [CHILD_ID, "1", "29/02/2012", "WBRI", UPN, "", ""]
EPISODE_ROW = [CHILD_ID, "03/06/2024", "S", "C2", "N1", "U1", "PR1", "", "", "", "N1 1AA", "N1 2BB", "SC123456"]


def table(columns: list[str], *rows: list[str], **how) -> str:
    """CSV text of a header and some rows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **how).writerows([columns, *rows])
    return text.getvalue()


def header_csv(*rows: list[str]) -> str:
    """The SSDA903 table of children."""
    return table(HEADER_COLUMNS, *(rows or [CHILD_ROW]))


def episodes_csv(*rows: list[str]) -> str:
    """The SSDA903 table of episodes."""
    return table(EPISODE_COLUMNS, *(rows or [EPISODE_ROW]))


def ssda903_xml(child_id: str = CHILD_ID) -> str:
    """An SSDA903 return in XML, of one child."""
    header = [("CHILDID", child_id), ("UPN", UPN), ("SEX", "1"), ("DOB", "29/02/2012"), ("ETHNIC", "WBRI")]
    episode = [("DECOM", "03/06/2024"), ("RNE", "S"), ("LS", "C2"), ("CIN", "N1"), ("PL", "U1")]
    return xml(("EXPSSDA903", [("CHILD", [("HEADER", header), ("EPISODE", episode)])]))


def workbook(sheets: dict[str, list[list]], hidden=(), merged=(), **options) -> bytes:
    """A workbook of sheets of rows. Days become date cells, numbers number cells, text text cells, None none.

    `merged` has (sheet, range, value) triples; `options` are XlsxWriter's own, such as date_1904.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False} | options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if isinstance(value, datetime):
                        sheet.write_datetime(row, column, value, moment)
                    elif isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write(row, column, value)
        for name, cells, value in merged:
            book.get_worksheet_by_name(name).merge_range(cells, value)
    return content.getvalue()


CONTACT_COLUMNS = [
    "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Date of Contact",
    "Contact Source",
]  # fmt: skip
CONTACT_ROW = [CHILD_ID, "a) Male", "a) WBRI", date(2012, 2, 29), 12, date(2024, 6, 3), "q) 6: Police"]
EARLY_HELP_COLUMNS = [
    *CONTACT_COLUMNS[:5], "Assessment start date", "Assessment completion date", "Organisation completing assessment",
]  # fmt: skip
EARLY_HELP_ROW = [*CONTACT_ROW[:5], date(2024, 5, 1), None, "Early Help Locality 2"]


def contacts(*rows: list, columns=CONTACT_COLUMNS) -> list[list]:
    """The sheet of Annex A's contacts."""
    return [columns, *(rows or [CONTACT_ROW])]


def early_help(*rows: list) -> list[list]:
    """The sheet of Annex A's early help."""
    return [EARLY_HELP_COLUMNS, *(rows or [EARLY_HELP_ROW])]


SEND_COLUMNS = [
    "Unique ID", "UPN", "ULN", "Date of birth", "Gender", "Ethnicity", "SEN primary need",
    "Main education establishment – URN", "Main education establishment – phase",
    "Subsidiary education establishment – phase (dual registration)", "Suspensions", "Permanent exclusions", "Absence",
    "Pupil Premium", "Known to children's social care?", "Which children's social care team?",
    "Does the child or young person have a disability?",
]  # fmt: skip
SEND_ROW = [
    CHILD_ID, UPN, None, date(2012, 2, 29), "a) Male", "a) WBRI", "k) ASD", 900001, "e) Secondary", None, 1, 0, 12.5,
    "b) No", "a) Yes", "Team Amber", "b) No",
]  # fmt: skip
PLAN_COLUMNS = [
    "Date initial EHC plan issued", "Date updated EHC plan issued", "Date EHC plan last reviewed",
    "Elective home education",
]  # fmt: skip
PLAN_ROW = [date(2020, 5, 1), None, date(2024, 2, 1), "b) No"]


def send_lists(*rows: list, columns=SEND_COLUMNS) -> dict[str, list[list]]:
    """The sheets of an area SEND workbook: the same people on list 1, each with a plan, and on list 2."""
    people = rows or [SEND_ROW]
    return {
        "List_1": [[*columns, *PLAN_COLUMNS], *([*row, *PLAN_ROW] for row in people)],
        "List_2": [columns, *people],
    }


SEN2_PERSON = {
    "Surname": "Marker",
    "Forename": "Made-up",
    "PersonBirthDate": "2012-02-29",
    "Sex": "F",
    "Ethnicity": "WENG",
    "PostCode": "N1 1AA",
    "UPN": UPN,
}
SEN2_REQUEST = {
    "ReceivedDate": "2024-03-01",
    "RYA": "0",
    "RequestOutcomeDate": "2024-04-12",
    "RequestOutcome": "Y",
    "RequestMediation": "0",
    "RequestTribunal": "0",
}
SEN2_ASSESSMENT = {"AssessmentOutcome": "Y", "AssessmentOutcomeDate": "2024-07-19", "Week20": "0"}
SEN2_PLAN = {"StartDate": "2024-07-19", "PB": "1", "OA": "0", "DP": "E"}
SEN2_DETAIL = {"URN": "100001", "PlacementRank": "1"}
SEN2_ACTIVE = {"ReviewMeeting": "2024-12-02", "LastReview": "2024-12-20", "ReviewOutcome": "M"}
SEN2_PLACEMENT = {"URN": "100002", "PlacementRank": "1", "EntryDate": "2024-09-01", "Res": "A"}
SEN2_NEED = {"SENtype": "ASD", "SENtypeRank": "1"}


def sen2_header(la: str = "202", year: int = 2025, reference_date: str = "2025-01-16"):
    return (
        "Header",
        [
            ("CollectionDetails", [("Collection", "SEN2"), ("Year", str(year)), ("ReferenceDate", reference_date)]),
            ("Source", [("SourceLevel", "L"), ("LEA", la), ("SerialNo", "001"), ("DMO", "Y"), ("DCO", "N")]),
        ],
    )


def sen2_person():
    """A child with a plan, and every block below it."""
    plan = ("NamedPlan", [*SEN2_PLAN.items(), ("PlanDetail", list(SEN2_DETAIL.items()))])
    active = [
        ("PlacementDetail", list(SEN2_PLACEMENT.items())),
        ("SENneed", list(SEN2_NEED.items())),
        *SEN2_ACTIVE.items(),
    ]
    request = [*SEN2_REQUEST.items(), ("Assessment", [*SEN2_ASSESSMENT.items(), plan]), ("ActivePlans", active)]
    return "Person", [*SEN2_PERSON.items(), ("Requests", request)]


def sen2(*persons, **header) -> str:
    """A SEN2 census of some people, by default one with a plan."""
    return xml(("Message", [sen2_header(**header), ("Persons", list(persons or [sen2_person()]))]))


def sen2_csv(la: str = "202") -> dict[str, str]:
    """The same person as the Department's system exports them: a file for each table, by name."""

    def export(module: str, parent: str | None, values: dict[str, str]) -> str:
        months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        words = {"0": "false", "1": "true"}
        flags = {"RYA", "RequestMediation", "RequestTribunal", "Week20", "PB", "OA"}

        def exported(name: str, value: str) -> str:
            if name in flags:
                return words[value]
            if value.count("-") == 2:
                day, _, time = value.partition("T")
                year, month, day = day.split("-")
                return f"{year}-{months[int(month) - 1]}-{day} {time or '00:00:00'}"
            return value

        ids = {f"{module}tableid": "7"} | ({f"{parent}tableid": "7"} if parent else {})
        row = ids | {name.lower(): exported(name, value) for name, value in values.items()}
        row |= {"NativeId": la, f"{module}orderseqcolumn": "1", "sourceid": "1"}
        return table(list(row), list(row.values()))

    message = {"Collection": "SEN2", "Year": "2025", "ReferenceDate": "2025-01-16", "SourceLevel": "L", "LEA": la}
    written = {"DateTime": "2025-02-03T09:30:00", "SerialNo": "001"}
    tables = {
        "sen2": (None, message | written | {"DMO": "Y", "DCO": "N"}),
        "person": ("sen2", SEN2_PERSON),
        "requests": ("person", SEN2_REQUEST),
        "assessment": ("requests", SEN2_ASSESSMENT),
        "namedplan": ("assessment", SEN2_PLAN),
        "plandetail": ("namedplan", SEN2_DETAIL),
        "activeplans": ("requests", SEN2_ACTIVE),
        "placementdetail": ("activeplans", SEN2_PLACEMENT),
        "senneed": ("activeplans", SEN2_NEED),
    }
    return {
        f"Blade-Export_20-01-2025_{module}.csv": export(module, parent, values)
        for module, (parent, values) in tables.items()
    }
