"""The specification against staging: every table has its model, every field its column, every list its seed."""

import re
from pathlib import Path

import yaml

from loaders.spec import PROJECT, Return, Table, code_list, returns

OF_A_PERSON = re.compile(r"\b(?:child|child_year|worker)_key\('(\w+)'\)")
MENDED_BY = "of the person_id of the specification, or subject_key for what is no person"
FIVE = ["code", "label", "first_year", "last_year", "note"]


def problems(project: Path = PROJECT) -> tuple[list[str], str]:
    """What is wrong, and what was looked at."""
    found, fields = [], 0
    kinds = (project / "macros/dates/period_type.sql").read_text()
    for source in returns(project).values():
        models = project / "models/staging" / source.name
        wanted = {f"stg_{source.name}__{table.name}" for table in source.tables}
        found += [f"{path.name} stages no table" for path in models.glob("*.sql") if path.stem not in wanted]
        for table in source.tables:
            fields += len(table.columns)
            found += _of_table(models / f"stg_{source.name}__{table.name}.sql", source, table)
        if source.meta.period == "snapshot" and f"when '{source.name}'" not in kinds:
            found.append(
                f"period_type.sql does not say whether {source.name} is of a week, a quarter or a day (snapshot)"
            )
        found += _of_code_lists(project / "seeds/code_lists" / source.name, source, project)
        found += _drafted(models) + _drafted(project / "seeds/code_lists" / source.name)
    return found, f"{fields} fields"


def _drafted(folder: Path) -> list[str]:
    """What `liia new-return` has left for a person to decide."""
    return [
        f"{path.name}, line {number}: {line.strip()}"
        for path in sorted(folder.glob("*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "drafted:" in line
    ]


def _of_table(model: Path, source: Return, table: Table) -> list[str]:
    if not model.exists():
        return [f"{source.name}.{table.name} has no model: expected {model.name}"]
    sql = re.sub(r"--.*|{#.*?#}", "", model.read_text())
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    found = [f"{model.name} leaves out the field {c.name}" for c in table.columns if c.name.lower() not in words]
    keyed = sorted(set(OF_A_PERSON.findall(sql)) - {source.meta.person_id})
    return found + [f"{model.name} makes the key of a person of {one}: {MENDED_BY}" for one in keyed]


def _of_code_lists(folder: Path, source: Return, project: Path) -> list[str]:
    properties = folder / f"_{source.name}__code_lists.yml"
    described = {
        seed["name"]: [column["name"] for column in seed["columns"]]
        for seed in yaml.safe_load(properties.read_text())["seeds"]
    }
    seeds = {path.stem for path in folder.glob("*.csv")}
    found = [f"{properties.name} describes {name}, which has no CSV" for name in described.keys() - seeds]
    for name in sorted(seeds):
        if described.get(name) != FIVE:
            found.append(f"{properties.name} does not describe {name} and its columns {', '.join(FIVE)}")
        for code in code_list(source.name, name.partition("__")[2], project):
            first, last = code.years
            if last is not None and last < first:
                found.append(f"{name}: {code.code} ends in {last}, before its first year {first}")
    return found
