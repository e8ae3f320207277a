"""What a return of one year says of the lives: rows as they stood on its 31 March, written as XML or CSV.

Layouts come from the specification: which tables and fields a year has, what they are called, where they sit.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, time

from lxml import etree

from loaders import spec
from synthetic.lives import Child, Event, age_at

# A date that lies after the year's end is not known yet, nor is what goes with it.
TOGETHER = {
    "CINclosureDate": ["ReasonForClosure"],
    "DEC": ["REC", "REASON_PLACE_CHANGE"],
    "DATE_PLACED_CEASED": ["REASON_PLACED_CEASED"],
}
SUCCESSORS = {"H5": "K3", "Z1": "Z11"}  # placement codes, when the year no longer knows the first
XML_ONLY = {("ssda903", "UASC")}  # a CSV says it by a row in the UASC file
# Document order, where it is not the order of the specification's tables and columns.
ORDER = {
    "CINdetails": ["Section47", "ReferralNFA", "ChildProtectionPlans"],
    "HEADER": [
        *["CHILDID", "UPN", "SEX", "DOB", "ETHNIC", "UASC", "DUC"],
        *["DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
        *[
            "IN_TOUCH",
            "ACTIV",
            "ACCOM",
            "AMISSING",
            "AREVIEW",
            "MOTHER",
            "MC_DOB",
            "PERMANENCE",
            "OC2",
            "AD_PLACED",
        ],
    ],
}


def cin_rows(child: Child, year: int) -> list[Event]:
    """The child's rows in the children in need census of a year, none where it has nothing to tell."""
    details = [seen for event in child.cin if (seen := _seen(event, year))]
    if not details:
        return []
    day = date(year, 3, 31)
    born, referred_only = child.birth <= day, all(d.values["ReferralNFA"] == "true" for d in details)
    upn = child.upn if born and age_at(child.birth, day) >= 5 and not referred_only else None
    sex = child.sex if born else "U"
    identity = {
        "LAchildID": child.id,
        "UPN": upn,
        "UPNunknown": None if upn or not born else _why_no_upn(child, day, referred_only),
        "PersonBirthDate": child.birth if born else None,
        "ExpectedPersonBirthDate": None if born else child.birth,
        "GenderCurrent": {"M": "1", "F": "2", "U": "0"}[sex],
        "Sex": sex,
        "PersonDeathDate": child.death if child.death and child.death <= day else None,
    }
    disabilities = [Event("disabilities", day, day, {"Disability": code}) for code in child.disabilities if born]
    ethnicity = {"Ethnicity": child.ethnicity if born else "NOBT"}
    return [
        Event("child_identifiers", day, day, identity),
        Event("child_characteristics", day, day, ethnicity, disabilities),
        *details,
    ]


def ssda903_rows(child: Child, year: int) -> list[Event]:
    """The child's rows in the looked-after return of a year, none where it has nothing to tell."""
    seen = [row for event in child.ssda903 if (row := _seen(event, year))]
    if not any(row.table in ("episodes", "oc3") for row in seen):
        return []
    day = date(year, 3, 31)
    cared_for = any(row.table == "episodes" and row.values["LS"] != "V4" for row in seen)
    baby = child.first_baby if child.first_baby and child.first_baby <= day else None
    header = {
        "CHILD": child.id,
        "SEX": child.sex if year >= 2025 else {"M": "1", "F": "2"}[child.sex],
        "DOB": child.birth,
        "ETHNIC": child.ethnicity,
        "UPN": child.upn if child.upn and age_at(child.birth, day) >= 5 else _why_no_upn(child, day, False),
        "MOTHER": str(int(bool(baby))) if child.sex == "F" and cared_for else None,
        "MC_DOB": baby if cared_for else None,
        "UASC": str(int(any(row.table == "uasc" for row in seen))),
    }
    rows = [Event("header", day, day, header), *seen]
    source, single = spec.returns()["ssda903"], {}
    for position, row in enumerate(rows):
        row.values = {name: header[name] for name in ("CHILD", "SEX", "DOB")} | row.values
        one_a_child = source.table(row.table).meta.grain == ["CHILD"]
        single[row.table if one_a_child else position] = row  # the latest, where there may be but one
    return list(single.values())


def _seen(event: Event, year: int) -> Event | None:
    """The event as far as it was known on 31 March, or None where it does not belong to the year."""
    opening, closing = date(year - 1, 4, 1), date(year, 3, 31)
    if event.start > closing or (event.end and event.end < opening):
        return None
    values = dict(event.values)
    for name, value in event.values.items():
        if isinstance(value, date) and value > closing and name != "InitialCPCtarget":
            values |= dict.fromkeys([name, *TOGETHER.get(name, [])])
    if event.table == "episodes":
        known = {c.code for c in spec.code_list("ssda903", "placement_type") if spec.within(c.years, year)}
        values["PLACE"] = values["PLACE"] if values["PLACE"] in known else SUCCESSORS[values["PLACE"]]
    return Event(event.table, event.start, event.end, values, [s for part in event.parts if (s := _seen(part, year))])


def _why_no_upn(child: Child, day: date, referred_only: bool) -> str:
    if age_at(child.birth, day) < 5:
        return "UN1"
    return "UN7" if referred_only else "UN2"


def cin_header(la_code: str, year: int) -> Event:
    """What a census file says of itself."""
    day = date(year, 3, 31)
    values = {
        "Collection": "CIN",
        "Year": str(year),
        "ReferenceDate": day,
        "SourceLevel": "L",
        "LEA": la_code,
        "SoftwareCode": "Synthetic London",
        "Release": "1",
        "SerialNo": "001",
        "DateTime": datetime.combine(date(year, 6, 1 + int(la_code) % 28), time(9, 30)).isoformat(),
    }
    return Event("header", day, day, values)


def to_xml(return_name: str, year: int, children: Iterable[list[Event]], header: Event | None = None) -> bytes:
    """One XML file of the return: its header, where it has one, and an element for each child."""
    source = spec.returns()[return_name]
    root = etree.Element(source.meta.xml_root)
    if header:
        _place(source, year, root, f"/{root.tag}", header)
    around, _, record = source.meta.xml_record.rpartition("/")
    parent = _element(root, around.removeprefix(f"/{root.tag}"))
    for rows in children:
        child = etree.SubElement(parent, record)
        for row in rows:
            _place(source, year, child, source.meta.xml_record, row)
    for tag, order in ORDER.items():
        for element in root.iter(tag):
            last = [inner for name in order for inner in element.findall(name)]
            element[:] = [inner for inner in element if inner not in last] + last
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _place(source: spec.Return, year: int, parent: etree._Element, at: str, row: Event):
    """Adds a row and its parts below an element whose own path is `at`."""
    table = source.table(row.table)
    if not table.meta.path or not spec.within(table.meta.years, year):
        return
    around, _, tag = table.meta.path.removeprefix(at).rpartition("/")
    holder = _element(parent, around)
    shared = sum(other.meta.path == table.meta.path for other in source.tables) > 1
    element = _element(holder, tag) if shared else etree.SubElement(holder, tag)
    for column in table.columns:
        path = table.path(column)
        value = text(source, row.values.get(column.name))
        if value and path.startswith(table.meta.path) and spec.within(column.meta.years, year):
            _element(element, path.removeprefix(table.meta.path)).text = value
    for part in row.parts:
        _place(source, year, element, table.meta.path, part)


def _element(parent: etree._Element, path: str) -> etree._Element:
    """The element at a path below the parent, made where it is not there yet."""
    for step in filter(None, path.split("/")):
        found = parent.find(step)
        parent = etree.SubElement(parent, step) if found is None else found
    return parent


def to_csv(
    return_name: str, year: int, children: Iterable[list[Event]], dates: str | None = None
) -> dict[str, list[list[str]]]:
    """The return's CSV files by name, each a header row and the rows below it."""
    source = spec.returns()[return_name]
    files = {}
    rows = [row for child in children for row in child]
    for table in source.tables:
        if not spec.within(table.meta.years, year):
            continue
        columns = [
            column.name
            for column in table.columns
            if spec.within(column.meta.years, year) and (return_name, column.name) not in XML_ONLY
        ]
        body = [[text(source, row.values.get(c), dates) for c in columns] for row in rows if row.table == table.name]
        files[table.meta.file] = [columns, *body]
    return files


def encode(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    """A CSV file's bytes."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def text(source: spec.Return, value: str | date | None, dates: str | None = None) -> str:
    """A value as the return's files write it."""
    return value.strftime(dates or source.meta.date_format) if isinstance(value, date) else value or ""
