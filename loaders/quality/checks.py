"""What each field of a return must look like: one definition of every check, from the specification.

A check is a condition in SQL over *canonical* columns: each field of a raw table in the form that staging
reads (ids without white space, codes in upper case, real dates as YYYY-MM-DD), made by the very macros that
staging uses. So what staging repairs is no failure, and what it cannot read is one. What the specification
cannot say is in `expectations/`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import jinja2
import yaml
from pydantic import BaseModel, ConfigDict

from loaders import spec

Rule = Literal["missing", "pattern", "code", "out_of_years", "duplicate", "conflict", "orphan"]

# Types that stay text: everything else has a macro `as_<type>` that says what can be read.
TEXT_TYPES = {"string", "code", "choice", "partial_date", "upn", "postcode"}
MACRO_FOLDERS = ("types", "keys", "dates")
EXPECTED = {
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "true or false",
    "datetime": "a date and time as YYYY-MM-DDThh:mm:ss",
    "partial_date": "a date as DD/MM/YYYY, with zz for a part that is not known",
    "upn": "a unique pupil number: a letter, 11 digits, then a digit or a letter",
    "postcode": "a whole postcode",
}
CODES_SHOWN = 16


@dataclass(frozen=True)
class Check:
    """One thing that must hold of one field in one table and year."""

    return_name: str
    table: str
    column: str
    year: int
    rule: Rule
    expected: str
    privacy: str
    condition: str | None = None  # SQL over canonical columns, true where the row fails; None for a duplicate
    codes: tuple[str, ...] = ()
    grain: tuple[str, ...] = ()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Conflict(_Strict):
    """Fields of one row that contradict each other."""

    table: str
    column: str
    fails_when: str
    expected: str
    source: str
    years: spec.Years = (0, None)


class Wording(_Strict):
    """A pattern in words, for the reader of a fix list."""

    table: str
    column: str
    expected: str


class Tolerated(_Strict):
    """A check of the specification that is not made, and why."""

    table: str
    column: str
    rule: Rule
    why: str


class Expectations(_Strict):
    """`expectations/<return>.yml`."""

    conflicts: list[Conflict] = []
    tolerated: list[Tolerated] = []
    wording: list[Wording] = []


@cache
def expectations(return_name: str, project: Path = spec.PROJECT) -> Expectations:
    """What the project expects of a return beyond its specification.

    Raises SpecError where the file is not well formed, or names a table or column that is not there.
    """
    path = project / f"expectations/{return_name}.yml"
    if not path.exists():
        return Expectations()
    try:
        found = Expectations.model_validate(yaml.safe_load(path.read_text()) or {})
    except ValueError as error:
        raise spec.SpecError(f"{path.name}: {error}") from error
    names = {(t.name, c.name) for t in spec.returns(project)[return_name].tables for c in t.columns}
    for entry in [*found.conflicts, *found.tolerated, *found.wording]:
        if (entry.table, entry.column) not in names:
            raise spec.SpecError(f"{path.name}: {return_name} has no {entry.table}.{entry.column}.")
    return found


@cache
def _macros(project: Path = spec.PROJECT) -> jinja2.Environment:
    # The macros are plain Jinja: dbt renders them into staging, this renders the same files into checks.
    # They call each other, so they are read as one template.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    paths = [path for folder in MACRO_FOLDERS for path in sorted((project / "macros" / folder).glob("*.sql"))]
    module = environment.from_string("\n".join(path.read_text() for path in paths)).module
    environment.globals |= {path.stem: getattr(module, path.stem) for path in paths}
    return environment


@cache
def render(template: str) -> str:
    """SQL with the project's macros rendered into it, on one line."""
    return re.sub(r"\s*\n\s*", " ", _macros().from_string(template).render()).strip()


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return f'"{name}"'


def canonical(source: spec.Return, column: spec.Column) -> str:
    """SQL for a field in the form that staging reads; null where it is blank.

    Canonical text is its own canonical form, so that a condition may apply the macros again.
    """
    name, meta = quoted(column.name), column.meta
    if column.name == source.meta.person_id:
        return render(f"{{{{ clean_id('{name}') }}}}")
    if meta.type == "date":
        return render(f"coalesce(cast({{{{ as_date('{name}') }}}} as varchar), {{{{ clean('{name}') }}}})")
    if meta.type == "choice":
        return render(f"{{{{ as_choice('{name}') }}}}")
    return render(f"{{{{ as_code('{name}', {meta.width or 0}) }}}}")


def person_id_column(source: spec.Return, table: spec.Table) -> spec.Column | None:
    """The column that says whom a row is about, such as the authority's own child reference; None without one."""
    return next((column for column in table.columns if column.name == source.meta.person_id), None)


def checks(source: spec.Return, table: spec.Table, year: int) -> list[Check]:
    """Every check of one table in one year.

    By the specification a value fails at most once, but for its row being a duplicate: a blank is only missing,
    a field that has a code list is held against that list and not also against its pattern, and what an XML file
    says once for many rows is checked where it stands.
    """

    def check(column: spec.Column, rule: Rule, expected: str, condition: str | None = None, **more) -> Check:
        return Check(source.name, table.name, column.name, year, rule, expected, column.meta.privacy, condition, **more)

    if not spec.within(table.meta.years, year):
        column = table.column(table.meta.grain[0])
        span = _outside(table.meta.years, year)
        found = [check(column, "out_of_years", f"no rows in this table {span}", f"{quoted(column.name)} is not null")]
    else:
        found = [made for column in table.columns for made in _column_checks(source, table, column, year, check)]
        grain = table.meta.grain
        within = " in this file" if person_id_column(source, table) is None else ""
        expected = f"one row for each {' and '.join(grain)}{within}"
        found.append(check(table.column(grain[-1]), "duplicate", expected, grain=tuple(grain)))
        if table.meta.parent_key:
            found.append(_orphan_check(source, table, check))
        found += [
            check(table.column(rule.column), "conflict", rule.expected, render(rule.fails_when))
            for rule in expectations(source.name).conflicts
            if rule.table == table.name and spec.within(rule.years, year)
        ]
    spared = {(t.table, t.column, t.rule) for t in expectations(source.name).tolerated}
    return [made for made in found if (made.table, made.column, made.rule) not in spared]


def _orphan_check(source: spec.Return, table: spec.Table, check) -> Check:
    """That the row named by a key of another table is there, in what the same authority sent of the same period."""
    parent, key = source.table(table.meta.parent), table.meta.parent_key
    named = [canonical(source, parent.column(name)) for name in parent.meta.grain]
    columns = ", ".join(f"{sql} as parent_{place}" for place, sql in enumerate(named))
    same = " and ".join(f"parent_{place} = {quoted(name)}" for place, name in enumerate(key))
    condition = (
        f"{' and '.join(f'{quoted(name)} is not null' for name in key)} and not exists ("
        f"select 1 from (select la_code as parent_la_code, period_end as parent_period_end, {columns}"
        f" from vault.raw.{parent.identifier}) as parents"
        f" where parent_la_code = la_code and parent_period_end = period_end and {same})"
    )
    expected = f"a row in {parent.name} with the same {' and '.join(parent.meta.grain)}"
    return check(table.column(key[-1]), "orphan", expected, condition)


def _column_checks(source: spec.Return, table: spec.Table, column: spec.Column, year: int, check) -> list[Check]:
    name, meta = quoted(column.name), column.meta
    if not spec.within(meta.years, year):
        return [check(column, "out_of_years", f"blank {_outside(meta.years, year)}", f"{name} is not null")]
    found = []
    if meta.required == "always":
        found.append(check(column, "missing", f"a value: {_short(column.description)}", f"{name} is null"))
    if _is_carried_down(source, table, column):
        return found if column.name == source.meta.person_id else []
    if meta.code_list:
        codes = tuple(c.code for c in spec.code_list(source.name, meta.code_list) if spec.within(c.years, year))
        listed = ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
        expected = f"{code_names(codes)} ({meta.code_list} list of {year})"
        found.append(check(column, "code", expected, f"{name} not in ({listed})", codes=codes))
        return found
    pattern = source.pattern(column)
    unreadable = []
    if meta.type not in TEXT_TYPES:
        unreadable.append(f"({render(f'{{{{ as_{meta.type}({name!r}) }}}}')}) is null")
    if pattern:
        literal = pattern.replace("'", "''")
        unreadable.append(f"not regexp_full_match({name}, '{literal}', 'i')")
    if meta.type == "partial_date":  # with every part known it is a date, in any form in which staging reads one
        date = render(f"{{{{ as_date({name!r}) }}}}")
        unreadable = [f"({date}) is null and ({unreadable[0]} or not contains({name}, 'Z'))"]
    if unreadable:
        condition = f"{name} is not null and ({' or '.join(unreadable)})"
        found.append(check(column, "pattern", _expected_form(source, table, column, pattern), condition))
    return found


def _is_carried_down(source: spec.Return, table: spec.Table, column: spec.Column) -> bool:
    """Whether the field stands once in the file, above this row: it is checked there, and not once for every row."""
    above = table.meta.path is not None and not (table.path(column) or "").startswith(table.meta.path)
    return above and source.meta.formats == ["xml"]


def _expected_form(source: spec.Return, table: spec.Table, column: spec.Column, pattern: str | None) -> str:
    if column.meta.type == "date":
        form = source.meta.date_format.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")
        return f"a date as {form}"
    for wording in expectations(source.name).wording:
        if (wording.table, wording.column) == (table.name, column.name):
            return wording.expected
    if column.name == source.meta.person_id and column.meta.type == "string":
        return "1 to 20 letters and digits"
    return EXPECTED.get(column.meta.type) or f"text in the form {pattern}"


def code_names(codes: tuple[str, ...]) -> str:
    """The codes of a list for a reader: runs closed up (N1 to N8), a long list cut short with its length."""
    runs: list[list[str]] = []
    for code in codes:
        if runs and _follows(runs[-1][-1], code):
            runs[-1].append(code)
        else:
            runs.append([code])
    names: list[str] = []
    for run in runs:
        names += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else run
    if len(names) > CODES_SHOWN:
        return f"one of {', '.join(names[:CODES_SHOWN])} and others, {len(codes)} codes in all"
    if len(names) == 1:
        return names[0] if len(codes) == 1 else f"one of {names[0]}"
    return f"one of {', '.join(names[:-1])} or {names[-1]}"


def _follows(before: str, code: str) -> bool:
    one, two = (re.fullmatch(r"(.*?)(\d+)", text) for text in (before, code))
    return bool(one and two and one[1] == two[1] and int(one[2]) + 1 == int(two[2]))


def _outside(years: spec.Years, year: int) -> str:
    first, last = years
    return f"before {first}" if year < first else f"after {last}"


def _short(description: str) -> str:
    sentence = re.split(r"[.;:](?:\s|$)", description, maxsplit=1)[0]
    return sentence[0].lower() + sentence[1:] if sentence[:2].istitle() else sentence
