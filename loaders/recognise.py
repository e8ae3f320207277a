"""Which return, table, authority and year a file is: told by its content and its place, and by nothing else."""

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from lxml import etree

from loaders import spec
from loaders.csv_rows import CsvError, read_header
from loaders.files import Endless, Look, Metered, Part, Refusal
from loaders.headers import Header, columns_in, table_of
from loaders.spec import PROJECT, Period, Return, Table
from loaders.spelling import plain
from loaders.workbook_rows import Contents, contents, heads
from loaders.workbooks import WorkbookError
from loaders.xml_rows import explain


@dataclass(frozen=True)
class Authority:
    """A local authority with children's services."""

    la_code: str
    dfe_la_code: str
    name: str
    first_year: int
    last_year: int


@cache
def authorities(project: Path = PROJECT) -> list[Authority]:
    """Every English authority, from the seed local_authorities."""
    with (project / "seeds/reference/local_authorities.csv").open(newline="", encoding="utf-8") as file:
        return [
            Authority(
                row["la_code"],
                row["dfe_la_code"],
                row["la_name"],
                int(row["first_year"] or 0),
                int(row["last_year"] or 9999),
            )
            for row in csv.DictReader(file)
        ]


def authority(text: str, year: int | None = None) -> Authority | None:
    """The authority that a text names by ONS code, DfE code or name; None where there is none, or none in that year."""
    wanted = plain(text.replace("&", "and"))
    for prefix in ("londonboroughof", "royalboroughof", "lbof", "lb", "rbof"):
        if wanted.startswith(prefix) and len(wanted) > len(prefix) + 3:
            wanted = wanted.removeprefix(prefix)
            break
    for one in authorities():
        if wanted in (one.la_code.lower(), one.dfe_la_code, plain(one.name)) and (
            year is None or one.first_year <= year <= one.last_year
        ):
            return one
    return None


def year_of(text: str) -> int | None:
    """The year a return ends in, from `2025`, `2024-25`, `2024_25` or `2024-2025`; None where it is none of these."""
    if re.fullmatch(r"20\d\d", text):
        return int(text)
    pair = re.fullmatch(r"(20\d\d)[-_ ]((?:20)?\d\d)", text)
    if pair and int(pair[2]) % 100 == (int(pair[1]) + 1) % 100:
        return int(pair[1]) + 1
    return None


def period_of(text: str) -> int | date | None:
    """The year or the day that the name of a folder means, a day being `2024-06-30`; None where it is neither."""
    day = re.fullmatch(r"(20\d\d)[-_](\d\d)[-_](\d\d)", text)
    if not day:
        return year_of(text)
    try:
        return date(*map(int, day.groups()))
    except ValueError:
        return None


def return_named(text: str) -> Return | None:
    """The return that a folder name means, by its name or an alias."""
    for source in spec.returns().values():
        if plain(text) in {plain(name) for name in (source.name, *source.meta.aliases)}:
            return source
    return None


@dataclass(frozen=True)
class Place:
    """What the folders of a file say, each part only where they say it."""

    authority: Authority | None = None
    source: Return | None = None
    period: int | date | None = None


def place_of(part: Part, in_inbox: bool) -> Place:
    """Read `<la>/<return>/<period>` from the folders of a file.

    In the inbox each folder is read by itself. Elsewhere only the three in a row count, so that the name of somebody's
    home folder is not taken for an authority.
    """
    steps = part.place
    if not in_inbox:
        for here in range(len(steps) - 3, -1, -1):
            la, source, period = authority(steps[here]), return_named(steps[here + 1]), period_of(steps[here + 2])
            if la and source and period:
                return Place(authority(steps[here], _year(period)) or la, source, period)
        return Place()
    period = next(filter(None, map(period_of, reversed(steps))), None)
    source = next(filter(None, map(return_named, reversed(steps))), None)
    la = next((one for step in steps if (one := authority(step, _year(period)) or authority(step))), None)
    return Place(la, source, period)


def _year(period: int | date | None) -> int | None:
    return period.year if isinstance(period, date) else period


@dataclass(frozen=True)
class Told:
    """What a file says of itself."""

    source: Return
    table: Table | None = None  # CSV: the table it is
    header: Header | None = None  # CSV
    workbook: Contents | None = None
    declared: dict[str, str] = field(default_factory=dict)  # XML: collection, la, year, reference_date, serial, written

    @property
    def tables(self) -> list[Table]:
        """The tables that the file takes the place of: what a CSV file or a workbook of one sheet is, else all."""
        if self.table:
            return [self.table]
        if self.workbook and len(self.workbook.tables) == 1:
            return [self.source.table(name) for name in self.workbook.tables]
        return self.source.tables

    @property
    def carries(self) -> list[str]:
        """The names of the tables that the file has."""
        return list(self.workbook.tables) if self.workbook else [table.name for table in self.tables]

    @property
    def is_xml(self) -> bool:
        """Whether it is XML, and so a return in one file."""
        return self.table is None and self.workbook is None


def content_of(part: Part, look: Look, folder: Return | None = None) -> Told:
    """Recognise a file by its root element, header or sheets. Raises Refusal where it is no return that is known.

    `folder` is the return that its place names: several may look alike, and a file may not say which it is.
    """
    if look.is_workbook:
        return _workbook_content(part, folder)
    return _xml_content(part, look, folder) if look.is_xml else _csv_content(part, look, folder)


def _workbook_content(part: Part, folder: Return | None) -> Told:
    known = [source for source in spec.returns().values() if "workbook" in source.meta.formats]
    try:
        with part.open() as file:
            beginnings = heads(file)
    except WorkbookError as error:
        raise Refusal(str(error)) from error
    found = [one for source in known if (one := contents(source, beginnings)).tables]
    if not found:
        read = contents(folder, beginnings) if folder in known else None
        if read and (why := [*read.problems, *read.findings]):
            raise Refusal(f"it is a workbook without a table of {folder.name}: {why[0]}")
        if why := _wrong_kind(folder, "workbook"):
            raise Refusal(why)
        names = ", ".join(source.name for source in known) or "none is known that comes so"
        raise Refusal(f"it is a workbook without a sheet that is a table of a known return ({names})")
    most = max(one.size for one in found)
    best = [one for one in found if one.size == most]
    one = next((one for one in found if one.source == folder), best[0])
    if len(best) > 1 and one.source != folder:
        raise Refusal(_doubt([one.source for one in best]))
    if one.problems:
        raise Refusal(one.problems[0])
    return Told(one.source, workbook=one)


def _doubt(sources: list[Return]) -> str:
    names = " or ".join(source.name for source in sources)
    return f"it may be {names}; put it in <la>/<return>/<period>/, so that its folder says which"


def _csv_content(part: Part, look: Look, folder: Return | None) -> Told:
    try:
        with part.open() as file:
            header = read_header(file, look.encoding)
    except CsvError as error:
        raise Refusal(str(error)) from error
    found = [
        Told(source, table, header)
        for source in spec.returns().values()
        if "csv" in source.meta.formats and (table := table_of(source, header.names))
    ]
    if not found:
        raise Refusal(_wrong_kind(folder, "CSV file") or _stranger(header))
    told = next((one for one in found if one.source == folder), found[0])
    if len(found) > 1 and told.source != folder:
        raise Refusal(_doubt([one.source for one in found]))
    return told


def _wrong_kind(folder: Return | None, kind: str) -> str | None:
    """That the return of the folder does not come as such a file, where it does not."""
    if folder is None or kind.removesuffix(" file").lower() in folder.meta.formats:
        return None
    formats = " or ".join("a workbook" if name == "workbook" else name.upper() for name in folder.meta.formats)
    return f"it is a {kind} in a folder for {folder.name}, which comes as {formats}"


def _stranger(header: Header) -> str:
    """Why a header is that of no table; without quoting it, as it may be a row of somebody's data."""
    present = {plain(name) for name in header.names}
    tables = [table for source in spec.returns().values() if "csv" in source.meta.formats for table in source.tables]
    nearest = max(tables, key=lambda table: len(present & {plain(column.name) for column in table.columns}))
    shared = columns_in(nearest, header.names)
    known = [column.name for column in nearest.columns if column.name in shared]
    if not known:
        return f"its first line ({len(header.names)} values) names no column of a known table; is the header missing?"
    lacks = [name for name in nearest.meta.grain if name not in known]
    why = f"and lacks {', '.join(lacks)}" if lacks else "and no column that it has alone"
    return f"its header is that of no known table; the nearest, {nearest.name}, shares {', '.join(known)} {why}"


def _xml_content(part: Part, look: Look, folder: Return | None) -> Told:
    try:
        sources, texts = _said(part, look)
    except etree.XMLSyntaxError as error:
        raise Refusal(explain(error)) from None
    except Endless:
        raise Refusal("it has an element or value of more than 4 MB, which no return has") from None
    found = []
    for source in sources:
        declared = {what: texts[where] for what, where in _declares(source).items() if texts.get(where)}
        wanted = source.meta.declares.collection
        if wanted and "collection" in declared:
            table, column = wanted.split(".")
            codes = spec.code_list(source.name, source.table(table).column(column).meta.code_list)
            if declared["collection"].upper() not in {code.code for code in codes}:
                continue
        found.append(Told(source, declared=declared))
    if len(found) > 1:  # it names no collection
        if told := [one for one in found if one.source == folder]:
            return told[0]
        raise Refusal(f"it has no Collection, and {_doubt(sources).removeprefix('it ')}")
    if found:
        return found[0]
    raise Refusal(f"its Collection is not one that is known ({', '.join(s.meta.title for s in sources)} expected)")


def _said(part: Part, look: Look) -> tuple[list[Return], dict[str, str]]:
    """The returns with the file's root element, and what it declares of itself, by path.

    Reads to the end of the header, wherever that stands, and keeps nothing else.
    """
    texts: dict[str, str] = {}
    path: list[str] = []
    with part.open() as file:
        stream = Metered(file)
        context = etree.iterparse(
            stream,
            events=("start", "end"),
            encoding=look.xml_encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in context:
            stream.heard()
            if event == "start":
                path.append(element.tag.rpartition("}")[2])
                if len(path) == 1:
                    if element.getroottree().docinfo.internalDTD is not None:
                        raise Refusal("it has a DOCTYPE, which no return has (entities are not taken)")
                    sources = _with_root(path[0])
                    wanted = {where for source in sources for where in _declares(source).values()}
                    headers = {path.lower() for source in sources for path in _headers(source)}
                continue
            here = "/" + "/".join(path).lower()
            path.pop()
            if here in wanted:
                texts.setdefault(here, (element.text or "").strip())
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if not wanted or here in headers:
                break
    return sources, texts


def _headers(source: Return) -> set[str]:
    return {source.table(where.partition(".")[0]).meta.path for _, where in source.meta.declares if where}


def _declares(source: Return) -> dict[str, str]:
    """Where a return's file says what of itself: paths in lower case."""
    found = {}
    for what, where in source.meta.declares:
        if where:
            table_name, _, column_name = where.partition(".")
            table = source.table(table_name)
            found[what] = table.path(table.column(column_name)).lower()
    return found


def _with_root(root: str) -> list[Return]:
    known = [source for source in spec.returns().values() if source.meta.xml_root]
    found = [source for source in known if source.meta.xml_root.lower() == root.lower()]
    if not found:
        roots: dict[str, list[str]] = {}
        for source in known:
            roots.setdefault(source.meta.xml_root, []).append(source.name)
        names = " or ".join(f"<{name}> ({', '.join(of)})" for name, of in roots.items())
        raise Refusal(f"its root element is <{root[:40]}>, expected {names}")
    return found


@dataclass(frozen=True)
class Recognised:
    """A file that is known for what it is."""

    part: Part
    look: Look
    told: Told
    authority: Authority
    period: Period
    findings: tuple[str, ...]
    is_la_given: bool = False  # by --la
    is_period_given: bool = False  # by --period

    @property
    def submission(self) -> tuple[str, str, Period]:
        """What it is part of: return, authority and period."""
        return self.told.source.name, self.authority.la_code, self.period


def recognise(
    part: Part, look: Look, *, in_inbox: bool, la: str | None = None, period: str | None = None
) -> Recognised:
    """Settle what a file is. `la` and `period` override its place and content, and the override becomes a finding.

    Raises Refusal where place and content disagree, or where the authority, return or period cannot be told.
    """
    place, findings = place_of(part, in_inbox), []
    told = content_of(part, look, place.source)
    source = told.source
    if place.source and place.source.name != source.name:
        raise Refusal(
            f"it lies in a folder for {place.source.name} and is {source.name}; move it, or send the right file"
        )
    settled = _period(told, place, period, findings)
    first, last = source.meta.years
    if not first <= settled.year <= last:
        raise Refusal(
            f"it is for {settled.year}; the specification of {source.name} covers {first} to {last}"
            " (its `years` say so)"
        )
    one = _authority(told, place, la, settled.year, findings)
    reference, expected = told.declared.get("reference_date"), str(settled.end)
    if reference and reference[:10] != expected:
        findings.append(f"ReferenceDate is {reference[:25]}, expected {expected}.")
    return Recognised(part, look, told, one, settled, tuple(findings), bool(la), bool(period))


def _period(told: Told, place: Place, period: str | None, findings: list[str]) -> Period:
    source = told.source
    inside = told.declared.get("year", "")
    declared = int(inside) if re.fullmatch(r"\d{4}", inside) else None
    kind, folder = ("year", "<year>") if source.meta.period == "year" else ("day", "<YYYY-MM-DD>")
    if period:
        chosen = period_of(period)
        if chosen is None:
            raise Refusal(f"--period {period} is no year and no day; expected for example 2025, 2024-25 or 2024-06-30")
    elif declared and place.period and declared != _year(place.period):
        raise Refusal(f"its Year is {declared} and its folder says {place.period}; move it, or say --period")
    else:
        chosen = place.period or declared
    if not chosen:
        said = f" (its Year is '{inside[:20]}')" if inside else ""
        raise Refusal(f"its {kind} cannot be told{said}; put it in <la>/<return>/{folder}/, or say --period")
    settled = source.period(chosen)
    if settled is None:
        why = (
            "is the state of one day"
            if kind == "day"
            else f"of {_year(chosen)} ends on {source.period_end(_year(chosen))}"
        )
        raise Refusal(f"{source.name} {why}, and {chosen} was said; put it in <la>/<return>/{folder}/, or say --period")
    for said, where in ((declared, "the file"), (place.period, "its folder")):
        if said and period and source.period(said) != settled:
            what = "Day" if isinstance(said, date) else "Year"
            findings.append(f"{what} {said} of {where} was overridden by --period {source.period_name(settled)}.")
    return settled


def _authority(told: Told, place: Place, la: str | None, year: int, findings: list[str]) -> Authority:
    inside = told.declared.get("la", "")
    declared = authority(inside, year) if inside else None
    if la:
        chosen = authority(la, year)
        if chosen is None:
            raise Refusal(f"--la {la} is no English authority in {year}; give an ONS code, a DfE code or a name")
        if inside and declared != chosen:
            findings.append(f"LEA {inside[:10]} of the file was overridden by --la {chosen.name}.")
        if place.authority and place.authority != chosen:
            findings.append(f"{place.authority.name}, its folder, was overridden by --la {chosen.name}.")
        return chosen
    if inside and declared is None:
        raise Refusal(f"its LEA {inside[:10]} is no English authority in {year}; mend it, or say --la")
    if declared and place.authority and declared != place.authority:
        raise Refusal(
            f"its LEA is {inside} ({declared.name}) and its folder says {place.authority.name}; move it, or say --la"
        )
    if not (declared or place.authority):
        raise Refusal("its authority cannot be told; put it in <la>/<return>/<period>/, or say --la")
    return declared or place.authority
