"""What each authority gets back: `fix_list.csv` with every value to mend, and `fix_list.html` to read it by.

They hold that authority's own child references and no other's, so they are readable by their owner alone.
"""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import duckdb
from pyarrow import csv as arrow_csv

from loaders import spec
from loaders.home import Home
from loaders.quality.pages import template
from loaders.recognise import authorities

FILES = ("fix_list.csv", "fix_list.html")
ROWS_ON_PAGE = 2_000
RULES = {
    "missing": "Missing",
    "pattern": "Not readable",
    "code": "Not in the code list",
    "out_of_years": "Not collected in that year",
    "duplicate": "Repeated row",
    "conflict": "Contradicts another field",
    "orphan": "Names a row that is not there",
}
# Name in the CSV file, and where it comes from.
COLUMNS = {
    "return": "return_name",
    "year": "return_year",
    "period end": "period_end",
    "table": "table_name",
    "file": "source_file",
    "line": "source_line",
    "child": "child_id",
    "field": "column_name",
    "value": "value",
    "rule": "rule",
    "what was expected": "expected",
}
AS_THEY_ARE = ("year", "period end", "line")
ORDER = """
order by return_name, period_end desc, child_id, table_name, source_file, source_line, source_row,
    column_name, rule, expected
"""


def write(connection: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Write the two files of every authority that has sent anything; return the number of failures of each.

    A folder of an authority that no longer has anything in the vault loses its files.
    """
    home.quality.mkdir(parents=True, exist_ok=True)
    home.quality.chmod(0o700)
    counts = dict(
        connection.execute(
            """
            select la_code, count(failures.la_code)
            from (
                select la_code from vault.quality.load_log where la_code is not null
                union
                select la_code from vault.quality.field_failures where la_code is not null
            ) as authorities
            left join vault.quality.field_failures as failures using (la_code)
            group by la_code order by la_code
            """
        ).fetchall()
    )
    names = {one.la_code: one.name for one in authorities()}
    page = template("fix_list.html.j2")
    folders = set()
    for la_code, count in counts.items():
        name = names.get(la_code, la_code)
        folder = home.quality / slug(name)
        folder.mkdir(mode=0o700, exist_ok=True)
        folders.add(folder)
        _write(folder / "fix_list.csv", lambda file, la_code=la_code: _write_csv(connection, la_code, file))
        html = page.render(_page(connection, la_code, count) | {"la_code": la_code, "la_name": name})
        _write(folder / "fix_list.html", lambda file, html=html: file.write(html.encode()))
    for folder in home.quality.iterdir():
        if folder not in folders and any((folder / file).exists() for file in FILES):
            for file in FILES:
                (folder / file).unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
    return counts


def slug(name: str) -> str:
    """A name as a folder's name: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        fill(file)
    draft.replace(path)


def _write_csv(connection, la_code: str, file: BinaryIO) -> None:
    # The first three bytes tell Excel that the text is UTF-8; the quote keeps it from running a formula.
    file.write(b"\xef\xbb\xbf")
    columns = ", ".join(
        f'{source if name in AS_THEY_ARE else _plain_text(source)} as "{name}"' for name, source in COLUMNS.items()
    )
    batches = connection.execute(
        f"select {columns} from vault.quality.field_failures where la_code = ? {ORDER}", [la_code]
    ).to_arrow_reader(50_000)
    with arrow_csv.CSVWriter(file, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _plain_text(column: str) -> str:
    return f"case when regexp_matches({column}, '^\\s*[=+@-]') then '''' || {column} else {column} end"


def _page(connection, la_code: str, count: int) -> dict:
    summary = _rows(
        connection,
        """
        select return_name, return_year, period_end, table_name, column_name, rule, expected, count(*) as failures
        from vault.quality.field_failures where la_code = ?
        group by return_name, return_year, period_end, table_name, column_name, rule, expected
        order by return_name, period_end desc, failures desc, table_name, column_name
        """,
        la_code,
    )
    rows = _rows(
        connection,
        f"select * from vault.quality.field_failures where la_code = ? {ORDER} limit {ROWS_ON_PAGE}",
        la_code,
    )
    files = _rows(
        connection,
        """
        select return_name, return_year, period_end, source_file, status, reason, coalesce(findings, []) as findings
        from vault.quality.load_log
        where la_code = ?
        qualify (is_current and len(findings) > 0)
            or (status = 'rejected'
                and row_number() over (partition by source_file order by loaded_at desc) = 1)
        order by return_name, period_end desc, source_file
        """,
        la_code,
    )
    return {
        "count": count,
        "children": connection.execute(
            "select count(distinct child_id) from vault.quality.field_failures"
            " where la_code = ? and child_id is not null",
            [la_code],
        ).fetchone()[0],
        "summary": summary,
        "rows": rows,
        "files": files,
        "rules": RULES,
        "titles": {source.name: source.meta.title for source in spec.returns().values()},
        "period": _period,
        "made": datetime.now(UTC),
    }


def _period(row: dict) -> str:
    source = spec.returns().get(row["return_name"])
    if source is None or row["return_year"] is None:
        return "not known"
    return source.period_name(spec.Period(row["return_year"], row["period_end"]))


def _rows(connection, sql: str, la_code: str) -> list[dict]:
    cursor = connection.execute(sql, [la_code])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
