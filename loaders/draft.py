"""`liia new-return`: drafts the files of a return from a sample, for a person to finish.

Of a sample's values only codes go into the draft: values that many different people have, in a column of few values of
which none looks like a date, a number, a name or a sentence. What a person must decide says `drafted:`, and
`python -m checks spec` lists every such place.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path

import duckdb

from loaders import spec
from loaders.files import Refusal
from loaders.samples import DATA, Sample
from loaders.spelling import plain, words

REPEATS = 10  # people who must share a value before it may be a code
CODES = 60  # at most, in a list
RARE = 0.05  # of a column's rows that may hold something else
KEYS_TRIED = 3
IDENTIFIERS = {"id", "identifier", "ref", "reference", "number", "no", "urn", "upn", "uln", "nhs"}
NAMES = {"name", "surname", "forename", "firstname", "lastname", "worker", "adviser", "advisor", "email", "phone"}
NAMES |= {"telephone", "address", "postcode"}
PERSON = {"child", "person", "pupil", "carer", "leaver", "participant", "client", "worker"}
FREE = {"note", "notes", "comment", "comments", "detail", "details", "narrative", "text", "remarks", "summary"}
BIRTH = {"birth", "dob", "born"}
TELLING = {"sex", "gender", "age", "school", "religion", "language", "team", "location", "setting"}
SPECIAL = {"ethnicity", "ethnic", "disability", "disabled", "health", "need", "needs", "offence", "abuse", "asylum"}
SPECIAL |= {"uasc", "sen", "send", "diagnosis", "risk", "harm", "legal"}
DAY = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})([T ][\d:.Z+]+)?$")
UPN = re.compile(r"^[A-Z]\d{11}[\dA-Z]$", re.I)
POSTCODE = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$", re.I)
CODED = re.compile(r"^(?:[A-Za-z]{1,2}\d?\) ?)?([A-Za-z0-9]{1,4})(?:: ?| [-–] )(.+)$")
LETTERED = re.compile(r"^[A-Za-z]{1,2}\d?\) ?(.+)$")
MEANING = "drafted: say what it means"


@dataclass
class Field:
    """What is drafted of a column."""

    name: str
    header: str
    type: str
    privacy: str
    required: str
    codes: dict[str, str] = field(default_factory=dict)  # code: label
    path: str | None = None

    @property
    def staged(self) -> str:
        """Its name in staging."""
        name = "_".join(words(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name)))
        end = {"code": "_code", "choice": "_code", "date": "_date"}.get(self.type, "")
        name = f"is_{name}" if self.type == "boolean" and not name.startswith(("is_", "has_")) else name
        return name if not end or end.strip("_") in words(name) else name + end

    @property
    def sql(self) -> str:
        """The macro that staging reads it with."""
        plain_text = {"string": "clean", "upn": "as_code", "postcode": "as_code"}
        return f"{{{{ {plain_text.get(self.type, f'as_{self.type}')}('{self.name}') }}}}"


@dataclass
class Draft:
    """What is drafted of a table."""

    name: str
    sample: Sample
    fields: list[Field]
    grain: list[str]
    parent: "Draft | None" = None


def write(name: str, samples: list[Sample], period: date | int | None, project: Path = spec.PROJECT) -> list[Path]:
    """Write the files of a return called `name`; return them. Raises Refusal where there is such a return already."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise Refusal(f"{name} is no name for a return: use small letters, digits and single underscores")
    if (project / f"models/staging/{name}").exists() or (project / f"seeds/code_lists/{name}").exists():
        raise Refusal(f"there is a return called {name} already: change its files, or take another name")
    tables = _tables(name, samples)
    texts = {
        f"models/staging/{name}/_{name}__sources.yml": _sources(name, tables, period),
        f"models/staging/{name}/_{name}__models.yml": _models(name, tables),
        f"seeds/code_lists/{name}/_{name}__code_lists.yml": _code_lists(name, tables),
    }
    person = _person(tables)
    texts |= {f"models/staging/{name}/stg_{name}__{t.name}.sql": _staging(name, t, person) for t in tables}
    for code_list, codes in _lists(tables).items():
        texts[f"seeds/code_lists/{name}/code_{name}__{code_list}.csv"] = _seed(codes, _first_year(period))
    settings = project / "dbt_project.yml"
    private = "      +access: private\n"
    texts["dbt_project.yml"] = settings.read_text().replace(private, f"{private}      {name}: {{+group: {name}}}\n", 1)
    for path, text in texts.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    return [project / path for path in texts]


def _tables(name: str, samples: list[Sample]) -> list[Draft]:
    tables: list[Draft] = []
    for sample in samples:
        table = _snake(sample.name).removeprefix(f"{name}_") or "rows"
        if any(other.name == table for other in tables):
            raise Refusal(
                f"two tables would be called {table}: draft from one authority and period, or rename a file or sheet"
            )
        tables.append(Draft(table, sample, _fields(sample), []))
    for table in tables:
        elsewhere = {plain(header) for other in samples if other is not table.sample for header in other.columns}
        table.grain = _grain(table, elsewhere)
    for table in tables:
        above = [
            other
            for other in tables
            if other is not table and set(other.grain) < set(table.grain) and other.sample.kind != "xml"
        ]
        table.parent = max(above, key=lambda other: len(other.grain), default=None)
    return tables


def _snake(name: str) -> str:
    return "_".join(words(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))


def _reserved() -> set[str]:
    rows = duckdb.execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'").fetchall()
    return {word for (word,) in rows} | set(spec.PROVENANCE)


def _fields(sample: Sample) -> list[Field]:
    people = _people(sample)
    reserved, fields, taken = _reserved(), [], set()
    for header, values in sample.columns.items():
        name = header if re.fullmatch(r"[A-Za-z_]\w*", header) else _snake(header) or "column"
        name = f"{name}_sent" if name.lower() in reserved else f"the_{name}" if name[0].isdigit() else name
        if plain(name) in taken:
            raise Refusal(f"{sample.name}: two of its columns are called {header}")
        taken.add(plain(name))
        told = [value.strip() for value in values if value and value.strip()]
        kind, codes = _type(header, told, values, people)
        required = "always" if len(told) == len(values) else "never"
        fields.append(Field(name, header, kind, _privacy(header, kind), required, codes, sample.paths.get(header)))
    return fields


def _people(sample: Sample) -> list[str | None] | None:
    """The values of the column that says whom a row is about, as far as that can be told; None where it cannot."""
    ids = [values for header, values in sample.columns.items() if _looks_like_id(header)]
    return ids[0] if ids else None


def _looks_like_id(header: str) -> bool:
    return bool(IDENTIFIERS & set(words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header.replace("ID", "Id")))))


def _said(header: str) -> set[str]:
    return set(words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)))


def _type(header: str, told: list[str], values: list, people: list | None) -> tuple[str, dict[str, str]]:
    if not told:
        return "string", {}
    if all(map(UPN.match, told)):
        return "upn", {}
    if _most(told, POSTCODE):
        return "postcode", {}
    if _most(told, DAY):
        return "date", {}
    if {value.lower() for value in told} <= {"true", "false"}:
        return "boolean", {}
    codes = {} if _looks_like_id(header) or (NAMES | FREE) & _said(header) else _codes(values, people)
    if codes:
        return ("choice" if any(CODED.match(v) or LETTERED.match(v) for v in told) else "code"), codes
    if _looks_like_id(header):
        return "string", {}
    if _most(told, re.compile(r"^-?\d{1,9}(\.0)?$")):
        return "integer", {}
    if _most(told, re.compile(r"^-?\d{1,12}(\.\d+)?$")):
        return "decimal", {}
    return "string", {}


def _most(told: list[str], pattern: re.Pattern) -> bool:
    return sum(bool(pattern.match(value)) for value in told) >= 0.95 * len(told)


def _codes(values: list[str | None], people: list | None) -> dict[str, str]:
    """The codes of a column with their labels; none where it is not a list of codes that many people share."""
    sharing: dict[str, set] = {}
    rows: Counter[str] = Counter()
    for place, value in enumerate(values):
        if value and (text := " ".join(value.split())):
            rows[text] += 1
            sharing.setdefault(text, set()).add(people[place] if people else place)
    shared = [text for text, who in sharing.items() if len(who) >= REPEATS]
    rare = sum(count for text, count in rows.items() if text not in shared)
    if not shared or len(shared) > CODES or rare > RARE * sum(rows.values()) or any(map(_tells, shared)):
        return {}
    found: dict[str, str] = {}
    for text in sorted(shared):
        code, label = _coded(text)
        found.setdefault(code, label)
    return found


def _tells(text: str) -> bool:
    """Whether a value looks like anything but a code: a date, a number, a person's name, a sentence."""
    bare = LETTERED.sub(r"\1", text)
    if CODED.match(text):
        return len(text) > 120
    name = re.fullmatch(r"[A-Z][a-z'’-]+(?:[ \u00a0,]+[A-Z][a-z'’-]*)+", bare)
    number = re.fullmatch(r"[\d.,-]{5,}", bare)
    return bool(name or number or (DATA.match(bare) and not bare.isdigit()) or "@" in bare or len(bare.split()) > 4)


def _coded(text: str) -> tuple[str, str]:
    """A code in the form in which staging reads it, and its label if the text has one."""
    if parted := CODED.match(text):
        return parted[1].upper(), parted[2]
    bare = LETTERED.sub(r"\1", text)
    label = bare if len(bare) > 4 and re.search(r"[a-z]", bare) else MEANING
    return bare.upper(), label


def _privacy(header: str, kind: str) -> str:
    said = _said(header)
    if kind in ("upn", "postcode") or _looks_like_id(header) or said & NAMES:
        return "direct_identifier"
    if said & BIRTH or said & TELLING:
        return "indirect_identifier"
    if said & (SPECIAL | FREE):
        return "special_category"
    return (
        "operational" if kind in ("date", "integer", "decimal", "boolean", "code", "choice") else "indirect_identifier"
    )


def _grain(table: Draft, elsewhere: set[str]) -> list[str]:
    """The columns that name each row of the sample: the references that it shares with other tables, and the fewest
    further ones of its references, days and codes that are needed; without such a set the first two.
    """
    filled = [one for one in table.fields if one.required == "always"]
    references = [one for one in filled if _looks_like_id(one.header)]
    shared = [one for one in references if plain(one.header) in elsewhere]
    further = [one for one in references if one not in shared] + [one for one in filled if one.type == "date"]
    further += [one for one in filled if one.codes]
    for size in range(KEYS_TRIED + 1):
        for some in combinations(further[:12], size):
            key = [*shared, *some]
            columns = [table.sample.columns[one.header] for one in key]
            if key and len(set(zip(*columns, strict=True))) == len(columns[0]):
                return [one.name for one in key]
    return [one.name for one in ((shared + further)[:2] or table.fields[:1])]


def _person(tables: list[Draft]) -> str | None:
    """The identifier whose header speaks of a person, else the one that most tables have."""
    ids = [f for table in tables for f in table.fields if _looks_like_id(f.header)]
    counts = Counter(f.name for f in ids if _said(f.header) & PERSON) or Counter(f.name for f in ids)
    return counts.most_common(1)[0][0] if counts else None


def _lists(tables: list[Draft]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table in tables:
        for one in table.fields:
            if one.codes:
                found[_list_name(one)] = found.get(_list_name(one), {}) | one.codes
    return found


def _list_name(one: Field) -> str:
    return _snake(one.name).removesuffix("_code")


def _first_year(period: date | int | None) -> int:
    day = date.today() if period is None else period
    return day.year + (day.month > 3) if isinstance(day, date) else day


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sources(name: str, tables: list[Draft], period: date | int | None) -> str:
    year, kinds = _first_year(period), {table.sample.kind for table in tables}
    first = tables[0].sample
    lines = [
        "version: 2",
        "",
        "# THE SPECIFICATION of this return. How to change it: CONTRIBUTING.md. What each key means: loaders/spec.py.",
        "sources:",
        f"  - name: {name}",
        "    description: 'drafted: say in a sentence what it is, who sends it and how often'",
        "    database: vault",
        "    schema: raw",
        "    config:",
        "      meta:",
        "        title: 'drafted: say what it is called'",
        "        owner: 'drafted: say who asks for it'",
        "        legal_basis: 'drafted: say which law or agreement covers it'",
        f"        years: [{year}, {year + 1}]",
        *(["        period: snapshot"] if isinstance(period, date) else ["        period_end: '03-31'"]),
        f"        formats: [{', '.join(sorted(kinds))}]",
        "        date_format: '%d/%m/%Y'",
    ]
    if person := _person(tables):
        lines += [f"        person_id: {person}  # drafted: see that it names the person, here and in staging"]
    if first.kind == "xml":
        lines += [f"        xml_root: {first.root}", f"        xml_record: {first.record}"]
    lines += ["    tables:"]
    for table in tables:
        lines += [
            f"      - name: {table.name}",
            f"        identifier: {name}__{table.name}",
            "        description: 'drafted: say what one row is'",
            "        config:",
            "          meta:",
            *([f"            path: {table.sample.path}"] if table.sample.path else []),
            *([f"            sheet: {_quoted(table.sample.name)}"] if "workbook" in kinds else []),
            f"            grain: [{', '.join(table.grain)}]",
            f"            years: [{year}, null]",
        ]
        if table.parent:
            lines += [f"            parent: {table.parent.name}"]
            lines += [f"            parent_key: [{', '.join(table.parent.grain)}]"]
        lines += ["        columns:"]
        for one in table.fields:
            lines += [
                f"          - name: {one.name}",
                f"            description: {_quoted(MEANING)}  # and is what stands below right, privacy above all?",
                "            config:",
                "              meta:",
                *([f"                path: {one.path}"] if one.path else []),
                *(
                    [f"                aliases: [{_quoted(one.header)}]"]
                    if plain(one.header) != plain(one.name)
                    else []
                ),
                f"                type: {one.type}",
                *([f"                code_list: {_list_name(one)}"] if one.codes else []),
                f"                years: [{year}, null]",
                f"                required: {one.required}",
                f"                privacy: {one.privacy}",
            ]
    return "\n".join(lines) + "\n"


PROVENANCE = ["submission_id", "source_file", "source_line", "source_row", "record_number", "parent_row"]


def _staged(table: Draft, person: str | None) -> list[tuple[str, str, str, str]]:
    """The columns of staging: SQL, name, type and description."""
    columns = [
        ("", "la_code", "varchar", "ONS code of the authority."),
        ("", "return_year", "integer", "Year it ends in."),
    ]
    columns += [("", "period_end", "date", "Last day of what it describes.")]
    if any(one.name == person for one in table.fields):
        key = ("child_key", "Pseudonym of the child within the authority, the same in every year and return.")
        year_key = ("child_year_key", "Pseudonym of the child within the authority and the return year.")
        columns = [(f"{{{{ {n}('{person}') }}}}", n, "varchar", text) for n, text in (year_key, key)] + columns
    types = {"date": "date", "datetime": "timestamp with time zone", "boolean": "boolean", "integer": "integer"}
    types |= {"decimal": "'decimal(18,6)'"}
    for one in table.fields:
        sql = f"{{{{ clean_id('{one.name}') }}}}" if one.name == person else one.sql
        stays = one.privacy == "direct_identifier" or (one.type == "date" and one.privacy == "indirect_identifier")
        vault = " Stays in the vault." if stays else ""
        columns.append(
            (sql, one.staged, types.get(one.type, "varchar"), f"{one.name}, as the specification has it.{vault}")
        )
    texts = {name: text for name, (_, text) in spec.PROVENANCE.items()}
    kinds = {name: kind for name, (kind, _) in spec.PROVENANCE.items()}
    return columns + [("", name, kinds[name], texts[name]) for name in PROVENANCE]


def _staging(name: str, table: Draft, person: str | None) -> str:
    columns = [f"    {sql} as {staged}" if sql else f"    {staged}" for sql, staged, _, _ in _staged(table, person)]
    body = ",\n".join(columns)
    return (
        f"-- {name}, {table.name}: the rows as they were sent, renamed and typed.\nselect\n{body}\n"
        f"from {{{{ source('{name}', '{table.name}') }}}}\n"
    )


def _models(name: str, tables: list[Draft]) -> str:
    lines = [
        "version: 2",
        "",
        "# What is private to a group cannot even be parsed from outside it: staging is.",
        "groups:",
        f"  - name: {name}",
        f"    description: The return {name}, staging and single year.",
        "    owner: {name: LIIA data team}",
        "",
        "models:",
    ]
    for table in tables:
        lines += [
            f"  - name: stg_{name}__{table.name}",
            "    description: |",
            f"      One row per row of {table.name} as it was sent.",
            "",
            "      The same rows as in raw, renamed and typed; a value that cannot be read is null here and listed in",
            "      field_failures.",
            "    data_tests:",
            "      - unique_key: {arguments: {columns: [la_code, period_end, source_file, source_row]}}",
            "    columns:",
        ]
        lines += [
            f"      - {{name: {staged}, data_type: {kind}, description: {_quoted(text)}}}"
            for _, staged, kind, text in _staged(table, _person(tables))
        ]
    return "\n".join(lines) + "\n"


def _code_lists(name: str, tables: list[Draft]) -> str:
    lines = [
        "version: 2",
        "",
        "# One entry per list. The texts of the five columns are shared: models/docs/columns.md.",
    ]
    lines += ["seeds:" if _lists(tables) else "seeds: []"]
    for code_list in _lists(tables):
        lines += [
            f"  - name: code_{name}__{code_list}",
            "    description: 'drafted: say what these are the codes of'",
            "    data_tests:",
            "      - unique_key: {arguments: {columns: [code, first_year]}}",
            "    columns:",
        ]
        for column in ("code", "label", "first_year", "last_year", "note"):
            text = "code" if column == "code" else f"code_{column}"
            lines += [f"      - {{name: {column}, description: '{{{{ doc(\"{text}\") }}}}'}}"]
    return "\n".join(lines) + "\n"


def _seed(codes: dict[str, str], year: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "label", "first_year", "last_year", "note"])
    writer.writerows([code, label, year, "", ""] for code, label in codes.items())
    return text.getvalue()
