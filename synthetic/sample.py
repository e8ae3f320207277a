"""A first synthetic London: a small inbox of CIN and SSDA903 returns, with known faults."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from loaders import spec
from synthetic import report
from synthetic.lives import Child, Event, live

LONDON = ("Inner London", "Outer London")
OTHER_SEX = {"1": "M", "2": "F", "M": "1", "F": "2"}  # the codes of the other years


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a return on purpose."""

    la_code: str
    return_name: str
    return_year: int
    file: str
    table: str
    column: str
    child_id: str
    value: str
    kind: str


@dataclass(frozen=True)
class Planned:
    """A value to spoil: the nth row that has it, in the return of one authority and the nth year."""

    la_name: str
    return_name: str
    year: int  # position among the years, so that any choice of years has its faults
    table: str
    column: str
    kind: str
    spoil: Callable[[str], str]
    nth: int = 2


VALUES = [
    Planned("Camden", "cin", 1, "cin_details", "ReferralSource", "bad_code", lambda _: "9Z"),
    Planned("Camden", "cin", 1, "assessment_factors", "AssessmentFactors", "code_out_of_years", lambda _: "18A"),
    Planned("Camden", "ssda903", 1, "episodes", "LS", "bad_code", lambda _: "Q9"),
    Planned("Barnet", "cin", 2, "cin_details", "CINreferralDate", "bad_date", lambda day: day[:5] + "02-30"),
    Planned("Barnet", "ssda903", 2, "episodes", "DECOM", "bad_date", lambda day: "31/02/" + day[6:]),
    Planned("Barnet", "ssda903", 2, "reviews", "REVIEW", "bad_date", lambda _: "last Tuesday"),
    Planned(
        "Lewisham",
        "cin",
        0,
        "child_identifiers",
        "LAchildID",
        "untidy_id",
        lambda child_id: f" {child_id.lower()}",
    ),
    Planned("Lewisham", "ssda903", 0, "episodes", "CHILD", "untidy_id", lambda child_id: f"{child_id.lower()} "),
    Planned("Merton", "cin", 1, "child_characteristics", "Ethnicity", "blank_mandatory", lambda _: ""),
    Planned("Merton", "cin", 1, "section_47", "ICPCnotRequired", "blank_mandatory", lambda _: "", nth=0),
    Planned("Merton", "ssda903", 1, "header", "ETHNIC", "blank_mandatory", lambda _: ""),
    Planned("Newham", "ssda903", 0, "episodes", "PLACE", "code_out_of_years", lambda _: "K3"),
    Planned("Newham", "ssda903", 2, "header", "SEX", "code_out_of_years", lambda sex: OTHER_SEX[sex]),
]

# Odd but readable files of the looked-after return: which (none: all) and what is odd, by authority and year.
SHAPES = {
    ("Bexley", 1): ("episodes.csv", "lower_case_header"),
    ("Brent", 0): ("header.csv", "reordered_columns"),
    ("Bromley", 2): ("header.csv", "aliased_column"),
    ("Croydon", 1): ("", "iso_dates"),
    ("Ealing", 0): ("header.csv", "byte_order_mark"),
    ("Enfield", 1): ("reviews.csv", "cp1252"),
    ("Haringey", 2): ("episodes.csv", "utf_16"),
    ("Hillingdon", 1): ("ssda903_{year}.xml", "sent_as_xml"),
    ("Islington", 2): ("ssda903_{year}.zip", "sent_as_zip"),
}
ENCODINGS = {"byte_order_mark": "utf-8", "utf_16": "utf-16-le", "cp1252": "cp1252"}
MISSING = {("Hackney", "cin", 0)}


def write_sample(
    out: Path,
    *,
    seed: int = 1,
    years: Sequence[int] = (2023, 2024, 2025),
    las: Sequence[str] | None = None,
    children_per_la: int = 60,
    faults: bool = True,
    faults_file: Path | None = None,
) -> list[Path]:
    """Writes `<out>/<authority>/<return>/<year>/<files>` and gives the paths written.

    `las` are ONS codes or names, by default all of London. `faults_file` receives the
    answer key: a row for each fault.
    """
    years, written, answers = sorted(years), [], []
    span = range(years[0], years[-1] + 1)
    for authority in authorities(las):
        letters = re.sub("[^A-Z]", "", authority["la_name"].upper())[:3]
        code = authority["dfe_la_code"]
        children = [live(seed, code, letters, number, span) for number in range(children_per_la)]
        for position, year in enumerate(years):
            for return_name in ("cin", "ssda903"):
                files, wrong = _submission(authority, return_name, year, position, children, faults)
                answers += wrong
                folder = out / slug(authority["la_name"]) / return_name / str(year)
                for name, content in files.items():
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(content)
                    written.append(folder / name)
    if faults_file:
        rows = [[field.name for field in fields(Fault)], *map(astuple, answers)]
        faults_file.parent.mkdir(parents=True, exist_ok=True)
        faults_file.write_bytes(report.encode(rows))
    return written


def authorities(chosen: Sequence[str] | None = None) -> list[dict[str, str]]:
    """London's authorities as the reference seed has them, or those whose ONS code or name is chosen."""
    text = (spec.PROJECT / "seeds/reference/local_authorities.csv").read_text(encoding="utf-8")
    found = [row for row in csv.DictReader(io.StringIO(text)) if row["region_name"] in LONDON and not row["last_year"]]
    return [la for la in found if chosen is None or la["la_code"] in chosen or la["la_name"] in chosen]


def slug(name: str) -> str:
    """An authority's name as the name of a folder."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def _submission(
    authority: dict[str, str], return_name: str, year: int, position: int, children: list[Child], faults: bool
) -> tuple[dict[str, bytes], list[Fault]]:
    """The files of one return of one authority and year by name, and what is wrong with them."""
    name, code = authority["la_name"], authority["la_code"]
    see = report.cin_rows if return_name == "cin" else report.ssda903_rows
    reported = [rows for child in children if (rows := see(child, year))]
    if not faults:
        return _files(authority, return_name, year, reported, "", ""), []
    if (name, return_name, position) in MISSING:
        return {}, [Fault(code, return_name, year, "", "", "", "", "", "return_missing")]
    wrong = []
    for plan in VALUES:
        if (plan.la_name, plan.return_name, plan.year) == (name, return_name, position):
            wrong += _spoil(authority, year, plan, reported)
    file, oddity = SHAPES.get((name, position), ("", "")) if return_name == "ssda903" else ("", "")
    file = file.format(year=year)
    if oddity:
        wrong.append(Fault(code, return_name, year, file, "", "", "", "", oddity))
    return _files(authority, return_name, year, reported, file, oddity), wrong


def _files(
    authority: dict[str, str],
    return_name: str,
    year: int,
    reported: list[list[Event]],
    file: str,
    oddity: str,
) -> dict[str, bytes]:
    if return_name == "cin":
        header = report.cin_header(authority["dfe_la_code"], year)
        return {f"cin_{year}.xml": report.to_xml("cin", year, reported, header)}
    if oddity == "sent_as_xml":
        return {file: report.to_xml("ssda903", year, reported)}
    tables = report.to_csv("ssda903", year, reported, "%Y-%m-%d" if oddity == "iso_dates" else None)
    encoding = ENCODINGS.get(oddity, "utf-8")
    if file in tables:
        tables[file] = _reshape(tables[file], oddity)
    files = {
        name: report.encode(rows, encoding if name == file else "utf-8")
        for name, rows in tables.items()
        if len(rows) > 1  # a table with nothing to report is not sent
    }
    return {file: _zipped(files)} if oddity == "sent_as_zip" else files


def _reshape(rows: list[list[str]], oddity: str) -> list[list[str]]:
    header, *body = rows
    if oddity == "lower_case_header":
        return [[name.lower() for name in header], *body]
    if oddity == "reordered_columns":
        return [row[::-1] for row in rows]
    if oddity == "aliased_column":
        return [["GENDER" if name == "SEX" else name for name in header], *body]
    if oddity in ("byte_order_mark", "utf_16"):  # the mark is written out: "utf-16" alone follows the machine
        return [["\ufeff" + header[0], *header[1:]], *body]
    if oddity == "cp1252":  # a column of the authority's own, in which the encoding shows
        return [[*header, "Team’s note"], *([*row, "seen – fine"] for row in body)]
    return rows


def _zipped(files: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but the files: stored, without dates."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            zipped.writestr(entry, content)
    return archive.getvalue()


def _spoil(authority: dict[str, str], year: int, plan: Planned, reported: list[list[Event]]) -> list[Fault]:
    """Spoils one value in place, unless too few rows have it or it would be right in this year."""
    source = spec.returns()[plan.return_name]
    holders = [
        (rows[0].values, row.values)
        for rows in reported
        for row in _all(rows)
        if row.table == plan.table and row.values.get(plan.column)
    ]
    if len(holders) <= plan.nth:
        return []
    identity, values = holders[plan.nth]
    child_id = identity.get("LAchildID") or identity["CHILD"]
    value = plan.spoil(report.text(source, values[plan.column]))
    if plan.kind == "code_out_of_years" and value in _codes(source, plan, year):
        return []
    values[plan.column] = value
    file = f"cin_{year}.xml" if plan.return_name == "cin" else source.table(plan.table).meta.file
    where = (authority["la_code"], plan.return_name, year, file, plan.table, plan.column)
    return [Fault(*where, child_id, value, plan.kind)]


def _codes(source: spec.Return, plan: Planned, year: int) -> set[str]:
    """The codes that count in a year for the column that the plan spoils."""
    code_list = source.table(plan.table).column(plan.column).meta.code_list
    return {code.code for code in spec.code_list(source.name, code_list) if spec.within(code.years, year)}


def _all(rows: Iterable[Event]) -> Iterable[Event]:
    for row in rows:
        yield row
        yield from _all(row.parts)
