"""`liia publish`: the published tables as Parquet, each with a page that shows what is in them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders import build
from loaders.home import Home, HomeError
from publishing.page import write_page


@dataclass(frozen=True)
class Published:
    """One table that was published."""

    name: str
    rows: int
    file: Path


def publish(home: Home) -> list[Published]:
    """Write every table of the published database as Parquet, with a manifest of rows and hashes.

    The folder takes the place of the one before in one move. Call it with the write lock held. Raises HomeError where
    nothing has been built.
    """
    if not home.published_db.exists():
        raise HomeError("Nothing is built yet: run `liia run`, or `liia load` and `liia dbt build`.")
    folder = build.start(home) / "published"
    folder.mkdir()
    done = []
    with duckdb.connect(str(home.published_db), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'main' order by table_name"
        ).fetchall()
        if not tables:
            raise HomeError("Nothing is built yet: run `liia dbt build`.")
        for (name,) in tables:
            file = folder / f"{name}.parquet"
            (rows,) = connection.execute(f'select count(*) from "{name}"').fetchone()
            connection.execute(
                f'copy (select * from "{name}" order by all) to ? (format parquet, compression zstd)',
                [str(file)],
            )
            done.append(Published(name, rows, home.published / file.name))
    manifest = [
        {"table": one.name, "rows": one.rows, "file": one.file.name, "sha256": _sha256(folder / one.file.name)}
        for one in done
    ]
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    write_page(home.published_db, folder / "index.html")
    build.promote(home, {"published": "published"})
    return done


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
