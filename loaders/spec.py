"""The one strict reader of the specification: `models/staging/<return>/_<return>__sources.yml`.

Everything that depends on what a return looks like asks here: raw tables, the loader's mapping, expectation suites,
`liia show`. A key that this file does not know is an error that names the return, table and column.
"""

import csv
import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from loaders.spelling import plain

PROJECT = Path(__file__).resolve().parent.parent

# What the loader adds to every raw row, in this order, with its DuckDB type and its description.
PROVENANCE = {
    "la_code": ("varchar", "ONS nine-character code of the authority that sent the row."),
    "return_year": ("integer", "Year the return ends in (2025 = April 2024 to March 2025)."),
    "period_end": ("date", "Last day of what the return describes; of a snapshot, its day."),
    "submission_id": ("varchar", "The load that landed the row; joins to quality.load_log."),
    "source_file": ("varchar", "File the row came from (for a zip: archive!member; for a workbook: file!sheet)."),
    "source_line": (
        "bigint",
        "Line of the file, or row of the sheet, on which the row begins (XML beyond line 65,535: of its first value).",
    ),
    "source_row": (
        "bigint",
        "Ordinal of the row among the rows of its table in the file, from 1; workbook: row of the sheet.",
    ),
    "record_number": ("bigint", "XML: ordinal of the child in the file. CSV and workbook: same as source_row."),
    "parent_row": ("bigint", "XML: source_row of the row this one hangs from, in the parent table."),
    "unmapped": ("varchar", "JSON of what stood in this row and has no column in the specification."),
}


class SpecError(Exception):
    """The specification is not well formed; the message names the file, table, column and key."""


def _no_jinja(text: str) -> str:
    if re.search(r"\{\{|\{%|\{#", text):
        raise ValueError("holds Jinja, which dbt would render and the loader would not")
    return text


Text = Annotated[str, AfterValidator(_no_jinja)]
Years = tuple[int, int | None]
Privacy = Literal["direct_identifier", "indirect_identifier", "special_category", "operational"]
Format = Literal["xml", "csv", "workbook"]
Type = Literal[
    "string", "code", "choice", "date", "datetime", "partial_date", "integer", "decimal", "boolean", "upn", "postcode"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMeta(_Strict):
    """What the specification says of a column beyond its name and description."""

    type: Type
    years: Years
    required: Literal["always", "conditional", "never"]
    privacy: Privacy
    path: Text | None = None  # XML; without it, the table's path and the column's name
    aliases: list[Text] = []
    pattern: Text | None = None
    code_list: Text | None = None
    condition: Text | None = None
    cbds: Text | None = None
    width: int | None = None  # of a code made of digits, whose leading zeros a spreadsheet takes away
    note: Text | None = None


class TableMeta(_Strict):
    """What the specification says of a table beyond its name and description."""

    grain: list[Text]
    years: Years
    path: Text | None = None  # of the XML element that is one row
    path_aliases: list[Text] = []  # other paths that the element has had, as in an older layout
    file: Text | None = None  # usual name of the CSV file
    sheet: Text | None = None  # usual name of the sheet of a workbook
    sheet_aliases: list[Text] = []  # other names of the sheet; a sheet's name need only begin with one of them
    parent: Text | None = None
    parent_key: list[Text] = []  # columns that name a row of the parent, in the order of the parent's grain
    row_when: Text | None = None  # XML: a row only where this element has a value other than 0
    note: Text | None = None


class Declares(_Strict):
    """Where a file says of itself what it is, as table.column."""

    collection: Text | None = None
    la: Text | None = None
    year: Text | None = None
    reference_date: Text | None = None
    serial: Text | None = None
    written: Text | None = None


class ReturnMeta(_Strict):
    """What the specification says of a return as a whole."""

    title: Text
    owner: Text
    legal_basis: Text
    years: tuple[int, int]
    period: Literal["year", "snapshot"] = "year"  # a snapshot is of a day, which the folder of the file says
    period_end: Annotated[Text, Field(pattern=r"^(\d{2}-\d{2}|third Thursday of \d{2})$")] | None = None
    formats: Annotated[list[Format], Field(min_length=1)]
    date_format: Text
    xml_root: Text | None = None
    xml_record: Text | None = None
    person_id: Text | None = None  # name of the column, in each table that has it, which says whom a row is about
    la_column: Text | None = None  # name of the column, in each table that has it, which says whose row it is
    declares: Declares = Declares()
    aliases: list[Text] = []
    patterns: dict[Type, Text] = {}
    other_sheets: list[Text] = []  # sheets of a workbook that hold none of its tables, such as its guidance

    @model_validator(mode="after")
    def _says_its_period(self):
        if (self.period == "year") != (self.period_end is not None):
            raise ValueError("period_end belongs to a return of a year, and a snapshot has none")
        if "xml" in self.formats and not (self.xml_root and self.xml_record):
            raise ValueError("a return in XML needs xml_root and xml_record")
        return self


@dataclass(frozen=True, order=True)
class Period:
    """What a submission describes: the year it ends in, and its last day."""

    year: int
    end: date


def within(years: Years, year: int) -> bool:
    """Whether `year` lies in a range of years, both ends included, an open end being null."""
    first, last = years
    return first <= year and (last is None or year <= last)


class _Config(_Strict):
    meta: ColumnMeta


class Column(_Strict):
    """One field of one table of a return."""

    name: str
    description: str
    config: _Config

    @property
    def meta(self) -> ColumnMeta:
        """The column's own facts."""
        return self.config.meta

    @property
    def names(self) -> list[str]:
        """Every spelling of the column's name, the specification's own first."""
        return [self.name, *self.meta.aliases]


class _TableConfig(_Strict):
    meta: TableMeta


class Table(_Strict):
    """One table of a return."""

    name: str
    identifier: str
    description: str
    config: _TableConfig
    columns: list[Column]

    @property
    def meta(self) -> TableMeta:
        """The table's own facts."""
        return self.config.meta

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every spelling of its columns' names, plain, and the column that it means."""
        return {plain(name): column.name for column in self.columns for name in column.names}

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return next(c for c in self.columns if c.name == name)

    def path(self, column: Column) -> str | None:
        """Absolute XML path of a column, or None where the table has none."""
        if column.meta.path:
            return column.meta.path
        return f"{self.meta.path}/{column.name}" if self.meta.path else None

    @model_validator(mode="after")
    def _names_agree(self):
        names = {c.name for c in self.columns}
        lower = [c.name.lower() for c in self.columns] + list(PROVENANCE)
        if len(set(lower)) < len(lower):
            raise ValueError(f"table {self.name} has the same column twice, or one of the loader's own names")
        if self.meta.path_aliases and not self.meta.path:
            raise ValueError(f"table {self.name}: path_aliases without a path")
        if missing := set(self.meta.grain) - names:
            raise ValueError(f"table {self.name}: grain names no column {sorted(missing)}")
        return self


def _told_apart(table: Table) -> None:
    seen: dict[str, str] = {}
    for column in table.columns:
        for name in column.names:
            if seen.setdefault(plain(name), column.name) != column.name:
                raise ValueError(f"table {table.name}: columns {seen[plain(name)]} and {column.name} are both {name}")


class _ReturnConfig(_Strict):
    meta: ReturnMeta


class Return(_Strict):
    """One statutory return: its tables, and what its files look like."""

    name: str
    description: str
    database: Literal["vault"]
    schema_: Literal["raw"] = Field(alias="schema")
    config: _ReturnConfig
    tables: list[Table]

    @property
    def meta(self) -> ReturnMeta:
        """The facts of the return as a whole."""
        return self.config.meta

    def table(self, name: str) -> Table:
        """The table of that name; StopIteration where there is none."""
        return next(t for t in self.tables if t.name == name)

    @model_validator(mode="after")
    def _tables_agree(self):
        tables = {table.name: table for table in self.tables}
        wanted = self.meta.la_column
        if wanted and not any(column.name == wanted for table in self.tables for column in table.columns):
            raise ValueError(f"la_column names a column that no table has: {wanted}")
        for table in self.tables:
            parent, key = tables.get(table.meta.parent), table.meta.parent_key
            if table.meta.parent and not parent:
                raise ValueError(f"table {table.name}: parent names no table {table.meta.parent}")
            if key and not parent:
                raise ValueError(f"table {table.name}: parent_key without a parent")
            if key and len(key) != len(parent.meta.grain):
                raise ValueError(f"table {table.name}: parent_key needs a column for each of {parent.meta.grain}")
            if unknown := set(key) - {column.name for column in table.columns}:
                raise ValueError(f"table {table.name}: parent_key names no column {sorted(unknown)}")
            if "workbook" in self.meta.formats and not table.meta.sheet:
                raise ValueError(f"table {table.name}: a table of a workbook needs a sheet")
            if self.meta.formats != ["xml"]:
                _told_apart(table)
        return self

    def pattern(self, column: Column) -> str | None:
        """The pattern a value must match in full: the column's own, else the return's for its type."""
        return column.meta.pattern or self.meta.patterns.get(column.meta.type)

    def period_end(self, year: int) -> str:
        """The last day, as YYYY-MM-DD, of the period that the return of a year describes."""
        rule = self.meta.period_end
        if not rule.startswith("third Thursday"):
            return f"{year}-{rule}"
        fifteenth = date(year, int(rule[-2:]), 15)  # the earliest that a third Thursday can be
        return str(fifteenth + timedelta(days=(3 - fifteenth.weekday()) % 7))

    def period(self, said: int | date) -> Period | None:
        """The period that a year or a day names; None where the return is not sent for such a one.

        The year of a snapshot is the financial year that holds it.
        """
        if self.meta.period == "snapshot":
            return Period(said.year + (said.month > 3), said) if isinstance(said, date) else None
        year = said.year if isinstance(said, date) else said
        end = date.fromisoformat(self.period_end(year))
        return Period(year, end) if said in (year, end) else None

    def period_name(self, period: Period) -> str:
        """A period as the name of a folder has it: the year, or the day of a snapshot."""
        return str(period.end if self.meta.period == "snapshot" else period.year)

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that change whenever the specification of this return does."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


class _SourcesFile(_Strict):
    version: Literal[2]
    sources: list[Return]


@cache
def returns(project: Path = PROJECT) -> dict[str, Return]:
    """Every return by its name, read from the project's sources YAML.

    Raises SpecError with the file, the place in it and what is wrong.
    """
    found: dict[str, Return] = {}
    for path in sorted(project.glob("models/staging/*/_*__sources.yml")):
        try:
            sources = _SourcesFile.model_validate(_read(path)).sources
        except ValidationError as error:
            raise SpecError(_explain(path, error)) from error
        found |= {source.name: source for source in sources}
    for source in found.values():
        for table in source.tables:
            for column in table.columns:
                if column.meta.code_list:
                    code_list(source.name, column.meta.code_list, project)
    return found


def _read(path: Path) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast, where it was compiled
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SpecError(f"{path.name}, line {line}: not YAML ({error.problem}). Is the indentation right?") from None


def _explain(path: Path, error: ValidationError) -> str:
    document = _read(path)
    lines = []
    for problem in error.errors():
        here, names = document, []
        for step in problem["loc"]:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):  # what is missing has no place
                here = {}
            names.append(here.get("name", str(step)) if isinstance(here, dict) and isinstance(step, int) else str(step))
        lines.append(f"{path.name}: {' > '.join(names)}: {problem['msg']}")
    return "\n".join(lines)


class Code(_Strict):
    """One code of a list and the years in which it counts."""

    code: str
    label: str
    years: Years
    note: str


@cache
def code_list(return_name: str, list_name: str, project: Path = PROJECT) -> list[Code]:
    """The codes of a list, read from its seed.

    Raises SpecError where the seed is missing or lacks one of its five columns.
    """
    path = project / f"seeds/code_lists/{return_name}/code_{return_name}__{list_name}.csv"
    if not path.exists():
        raise SpecError(f"Code list {list_name} of {return_name} has no seed: expected {path.relative_to(project)}.")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise SpecError(
                f"{path.name}, line {line}: expected five values: code, label, first_year, last_year, note."
            )
    try:
        return [
            Code(
                code=row["code"],
                label=row["label"],
                years=(int(row["first_year"]), int(row["last_year"]) if row["last_year"] else None),
                note=row["note"] or "",
            )
            for row in rows
        ]
    except (KeyError, ValueError) as error:
        raise SpecError(f"{path.name}: expected columns code, label, first_year, last_year, note ({error}).") from error
