"""The columns that YAML describes against those that SQL makes, in the databases that a build has filled."""

import json
import os
from pathlib import Path

import duckdb

from loaders import vault
from loaders.home import Home, HomeError
from loaders.spec import PROJECT


def manifest() -> dict:
    """What dbt made of the project when it last parsed it."""
    folder = Path(os.environ.get("DBT_TARGET_PATH") or PROJECT / "target")
    return json.loads((folder / "manifest.json").read_text())


def built(home: Home) -> dict[str, dict[str, str]]:
    """The columns and types of every table and view that stands in the three databases."""
    found: dict[str, dict[str, str]] = {}
    query = "select database_name, schema_name, table_name, column_name, data_type from duckdb_columns()"
    with vault.connect(home, vault=True, warehouse=True, read_only=True) as connection:
        rows = connection.execute(f"{query} where database_name in ('vault', 'warehouse')").fetchall()
    if not home.published_db.exists():
        raise HomeError(f"{home.root} has no build in it: run `liia dbt build --empty`.")
    with duckdb.connect(str(home.published_db), read_only=True) as connection:
        rows += connection.execute(f"{query} where database_name = 'published'").fetchall()
    for database, schema, table, column, data_type in rows:
        found.setdefault(f"{database}.{schema}.{table}".lower(), {})[column.lower()] = data_type.lower()
    return found


def problems() -> tuple[list[str], str]:
    """What is wrong, and what was looked at."""
    found, there, seen = [], built(Home.default()), 0
    for node in manifest()["nodes"].values():
        if node["resource_type"] not in ("model", "seed"):
            continue
        made = there.get(f"{node['database']}.{node['schema']}.{node['alias']}".lower())
        if made is None:
            found.append(f"{node['name']} is not built; run `dbt build --empty`")
            continue
        told = {name.lower(): column for name, column in node["columns"].items()}
        seen += len(made)
        found += [f"{node['name']}.{name} is in the SQL and not in YAML" for name in made.keys() - told.keys()]
        found += [f"{node['name']}.{name} is in YAML and not in the SQL" for name in told.keys() - made.keys()]
        if node["resource_type"] == "model":
            found += [
                f"{node['name']}.{name} is {made[name]}, and YAML says {column['data_type']}"
                for name, column in told.items()
                if name in made and _plain(column["data_type"]) != _plain(made[name])
            ]
        found += [f"{node['name']}.{name} has no description" for name, c in told.items() if not c["description"]]
    return sorted(found), f"{seen} columns"


def _plain(data_type: str | None) -> str:
    """A type in one spelling."""
    text = (data_type or "none").lower().replace(" ", "")
    return {"timestampwithtimezone": "timestamptz", "int": "integer", "text": "varchar"}.get(text, text)
