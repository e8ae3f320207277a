"""Great Expectations suites, one per table and year that has landed, for London as a whole.

They are built in memory from the same checks as the stored failures, and counted by Great Expectations
itself, so that the two can be held against each other. The Data Docs hold counts: no child, no value.
"""

import logging
import os
import shutil
import warnings
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import duckdb
import duckdb_engine
import sqlalchemy
from sqlalchemy.dialects import registry

from loaders.quality import data_docs
from loaders.quality.checks import Check, checks
from loaders.quality.data_docs import SuiteResult
from loaders.quality.failures import Landed, canonical_columns

URL = "liia://"
# Counts only: with no partial list of unexpected values, neither a result nor a page can hold one.
RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


class VaultDialect(duckdb_engine.Dialect):
    """DuckDB over the connection that already has the vault open; the URL names no file and holds no key.

    Great Expectations fetches results after it has handed a connection back, which ends the transaction and
    loses them; it only reads, so there are no transactions here.
    """

    driver = "liia"
    supports_statement_cache = True
    opened: duckdb.DuckDBPyConnection | None = None
    cursors: ClassVar[list[duckdb.DuckDBPyConnection]] = []

    def connect(self, *_args, **_kwargs):
        """A cursor of the open connection, as SQLAlchemy expects one."""
        cursor = VaultDialect.opened.cursor()
        VaultDialect.cursors.append(cursor)
        return duckdb_engine.ConnectionWrapper(cursor)

    @classmethod
    @contextmanager
    def over(cls, connection: duckdb.DuckDBPyConnection):
        """Lend a connection; afterwards no cursor of it is left that would keep the vault's file open."""
        cls.opened = connection
        try:
            yield
        finally:
            while cls.cursors:
                cls.cursors.pop().close()
            cls.opened = None

    def get_columns(self, connection, table_name, schema=None, **_kwargs):
        """The columns of a table, all of them text but the year and its end, without PostgreSQL's slow catalogue."""
        names = connection.exec_driver_sql(
            "select column_name from duckdb_columns() where table_name = $1 order by column_index",
            (table_name,),
        )
        return [{"name": name, "type": sqlalchemy.String(), "nullable": True, "default": None} for (name,) in names]

    def do_begin(self, dbapi_connection):
        """Nothing: see the class."""

    def do_commit(self, dbapi_connection):
        """Nothing: see the class."""

    def do_rollback(self, dbapi_connection):
        """Nothing: see the class."""


def great_expectations() -> ModuleType:
    """The library, imported late (it takes seconds) and with its analytics off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return great_expectations


def run(connection: duckdb.DuckDBPyConnection, tables: list[Landed], folder: Path) -> list[SuiteResult]:
    """Run the suite of every table and year, and replace the Data Docs in `folder`."""
    gx = great_expectations()
    registry.register("liia", __name__, "VaultDialect")
    draft = folder.with_name(folder.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        site_name="quality",
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(draft)},
        },
    )
    with VaultDialect.over(connection), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = context.data_sources.add_sql("vault", connection_string=URL)
        results = [_run_one(gx, context, source, connection, one) for one in tables]
        context.build_data_docs()
    data_docs.finish(draft, results)
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    return results


def _run_one(gx, context, source, connection, one: Landed) -> SuiteResult:
    wanted = checks(one.source, one.table, one.year)
    expected = [gx.expectations.ExpectTableRowCountToBeBetween(min_value=1)]
    if one.logged_rows is not None:
        expected.append(gx.expectations.ExpectTableRowCountToEqual(value=one.logged_rows))
    expected += [_expectation(gx, check) for check in wanted]
    suite = context.suites.add(gx.ExpectationSuite(name=one.name, expectations=expected))
    with _batch(connection, one) as batch:
        asset = source.add_table_asset(name=one.name, table_name=batch)
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=one.name, data=asset.add_batch_definition_whole_table("all"), suite=suite)
        )
        validated = definition.run(result_format=RESULT_FORMAT)
    unexpected: dict[tuple[str, str], int] = {}
    rows_agree = True
    for result in validated.results:
        if result.exception_info.get("raised_exception"):
            raise RuntimeError(f"{one.name}: {result.expectation_config.type} could not be run.")
        rule = (result.expectation_config.meta or {}).get("rule")
        if rule is None:
            rows_agree = rows_agree and result.success
            continue
        found = result.result.get("unexpected_count", result.result.get("observed_value")) or 0  # none in no rows
        key = (result.expectation_config.meta["column"], rule)
        unexpected[key] = unexpected.get(key, 0) + found
    return SuiteResult(one.name, len(validated.results), unexpected, rows_agree)


@contextmanager
def _batch(connection, one: Landed):
    # The canonical columns are made once for all expectations of the suite, in memory or in encrypted spill.
    name = f"{one.table.identifier}__{one.year}"
    connection.execute(
        f"create or replace table memory.main.{name} as"
        f" select la_code, return_year, period_end, {canonical_columns(one.source, one.table)}"
        f" from vault.raw.{one.table.identifier} where return_year = {one.year}"
    )
    try:
        yield name
    finally:
        connection.execute(f"drop table memory.main.{name}")


def _expectation(gx, check: Check):
    library = gx.expectations
    about = {
        "meta": {"column": check.column, "rule": check.rule},
        "description": f"{check.column}: {check.expected}",
    }
    if check.rule == "missing":
        return library.ExpectColumnValuesToNotBeNull(column=check.column, **about)
    if check.rule == "out_of_years":
        return library.ExpectColumnValuesToBeNull(column=check.column, **about)
    if check.rule == "code":
        return library.ExpectColumnValuesToBeInSet(column=check.column, value_set=list(check.codes), **about)
    if check.rule == "duplicate":
        return library.ExpectCompoundColumnsToBeUnique(
            column_list=["la_code", "period_end", *check.grain], ignore_row_if="any_value_is_missing", **about
        )
    # Great Expectations has no regular expressions on DuckDB and parses no dates: so, the condition itself.
    condition = check.condition.replace("{", "{{").replace("}", "}}")
    return library.UnexpectedRowsExpectation(
        unexpected_rows_query=f"select la_code from {{batch}} where {condition}", **about
    )
