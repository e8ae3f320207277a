"""Stored failures: every value that fails a check, found by one query per raw table, kept in the vault."""

from dataclasses import dataclass

import duckdb

from loaders import spec, vault
from loaders.quality.checks import Check, canonical, checks, person_id_column, quoted

WHERE = ("la_code", "return_year", "period_end", "source_file", "source_line", "source_row")


@dataclass(frozen=True)
class Landed:
    """One table in one year that has landed, by the rows in raw or by the load log."""

    source: spec.Return
    table: spec.Table
    year: int
    logged_rows: int | None  # what the load log says of the current files; None where it has no such file
    rows: int

    @property
    def name(self) -> str:
        """Name of the table and year, as its expectation suite has it."""
        return f"raw.{self.source.name}.{self.table.name}.{self.year}"


def landed(connection: duckdb.DuckDBPyConnection) -> list[Landed]:
    """Every table and year with rows in raw, or with rows in it according to the load log."""
    logged = {
        (return_name, table, year): rows
        for return_name, table, year, rows in connection.execute(
            """
            select return_name, entry.key, return_year, sum(entry.value)::bigint
            from (
                select return_name, return_year, unnest(map_entries(table_rows)) as entry
                from vault.quality.load_log where is_current
            )
            group by all
            """
        ).fetchall()
    }
    found = []
    for source in spec.returns().values():
        for table in source.tables:
            rows = dict(
                connection.execute(
                    f"select return_year, count(*) from vault.raw.{table.identifier} group by all"
                ).fetchall()
            )
            years = set(rows) | {y for (r, t, y), n in logged.items() if (r, t) == (source.name, table.name) and n}
            found += [
                Landed(source, table, year, logged.get((source.name, table.name, year)), rows.get(year, 0))
                for year in sorted(years)
            ]
    return found


def canonical_columns(source: spec.Return, table: spec.Table) -> str:
    """The select list that puts every field of a raw table into canonical form under its own name."""
    return ", ".join(f"{canonical(source, column)} as {quoted(column.name)}" for column in table.columns)


def store(connection: duckdb.DuckDBPyConnection, tables: list[Landed]) -> int:
    """Replace `vault.quality.field_failures` by the failures of all rows that stand in raw now.

    Returns how many there are. In one transaction: whoever reads sees those of before or those of now.
    """
    by_table: dict[str, list[Check]] = {}
    for one in tables:
        by_table.setdefault(one.table.identifier, []).extend(checks(one.source, one.table, one.year))
    connection.begin()
    try:
        connection.execute("delete from vault.quality.field_failures")
        for source in spec.returns().values():
            for table in source.tables:
                wanted = by_table.get(table.identifier, [])
                _store_values(connection, source, table, [c for c in wanted if c.condition])
                _store_duplicates(connection, source, table, [c for c in wanted if c.rule == "duplicate"])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return connection.execute("select count(*) from vault.quality.field_failures").fetchone()[0]


def disagreements(
    connection: duckdb.DuckDBPyConnection, unexpected: dict[str, dict[tuple[str, str], int]]
) -> list[str]:
    """Where the stored failures and the unexpected rows of the expectation suites are not as many."""
    stored = {
        (suite, column, rule): rows
        for suite, column, rule, rows in connection.execute(
            """
            select concat_ws('.', 'raw', return_name, table_name, return_year), column_name, rule, count(*)
            from vault.quality.field_failures group by all
            """
        ).fetchall()
    }
    counted = {(suite, *key): rows for suite, found in unexpected.items() for key, rows in found.items() if rows}
    return [
        f"{'.'.join(key)}: {stored.get(key, 0)} stored, {counted.get(key, 0)} counted"
        for key in sorted(stored.keys() | counted.keys())
        if stored.get(key) != counted.get(key)
    ]


def _store_values(connection, source: spec.Return, table: spec.Table, wanted: list[Check]) -> None:
    years: dict[tuple, list[int]] = {}
    for check in wanted:
        key = (check.column, check.rule, check.expected, check.privacy, check.condition)
        years.setdefault(key, []).append(check.year)
    if not years:
        return
    position = {column.name: number for number, column in enumerate(table.columns, start=1)}
    connection.execute(
        "create or replace temp table wanted (number integer, position integer, column_name varchar,"
        " rule varchar, expected varchar, privacy varchar)"
    )
    connection.executemany(
        "insert into wanted values (?, ?, ?, ?, ?, ?)",
        [(number, position[key[0]], *key[:4]) for number, key in enumerate(years)],
    )
    fails = ",\n".join(
        f"case when return_year in ({', '.join(map(str, in_years))}) and ({key[-1]}) then {number} end"
        for number, (key, in_years) in enumerate(years.items())
    )
    connection.execute(
        f"""
        insert into vault.quality.field_failures ({", ".join(vault.FIELD_FAILURES)})
        with canonical as (
            select {", ".join(WHERE)}, {_person_id(source, table)} as sent_child_id,
                [{", ".join(quoted(column.name) for column in table.columns)}] as sent,
                {canonical_columns(source, table)}
            from vault.raw.{table.identifier}
        ),
        failing as (
            select {", ".join(WHERE)}, sent_child_id, sent,
                unnest(list_filter([{fails}], number -> number is not null)) as number
            from canonical
        )
        select la_code, ?, return_year, period_end, ?, column_name, source_file, source_line, source_row, sent_child_id,
            case when rule <> 'missing' then sent[position] end, rule, expected, privacy
        from failing join wanted using (number)
        """,
        [source.name, table.name],
    )


def _store_duplicates(connection, source: spec.Return, table: spec.Table, wanted: list[Check]) -> None:
    if not wanted:
        return
    check = wanted[0]
    grain = ", ".join(quoted(name) for name in check.grain)
    connection.execute(
        f"""
        insert into vault.quality.field_failures ({", ".join(vault.FIELD_FAILURES)})
        with canonical as (
            select {", ".join(WHERE)}, {_person_id(source, table)} as sent_child_id, {quoted(check.column)} as sent,
                {", ".join(f"{canonical(source, table.column(n))} as {quoted(n)}" for n in check.grain)}
            from vault.raw.{table.identifier}
            where return_year in ({", ".join(str(c.year) for c in wanted)})
        ),
        repeated as (
            select la_code, period_end, {grain} from canonical
            where {" and ".join(f"{quoted(name)} is not null" for name in check.grain)}
            group by all having count(*) > 1
        )
        select
            la_code, ?, return_year, period_end, ?, ?, source_file, source_line, source_row, sent_child_id, sent,
            ?, ?, ?
        from canonical semi join repeated using (la_code, period_end, {grain})
        """,
        [source.name, table.name, check.column, check.rule, check.expected, check.privacy],
    )


def _person_id(source: spec.Return, table: spec.Table) -> str:
    column = person_id_column(source, table)
    return quoted(column.name) if column else "null::varchar"
