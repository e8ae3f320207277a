"""The encrypted databases: how they are opened, what stands in the vault before anything is loaded."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import duckdb_extension_httpfs

from loaders import spec
from loaders.home import Home, HomeError
from loaders.official_spec import TABLES as OFFICIAL

LOAD_LOG = {
    "load_id": ("varchar", "One run of `liia load`."),
    "submission_id": ("varchar", "What the file became part of; null where it was rejected."),
    "la_code": ("varchar", "ONS code of the authority; null where it could not be told."),
    "return_name": ("varchar", "Return that the file is of, or published table; null where it could not be told."),
    "return_year": ("integer", "Year the return ends in; null where it could not be told."),
    "period_end": ("date", "Last day of what the return describes; null where it could not be told."),
    "source_file": ("varchar", "Path of the file below the inbox, or as it was named (for a zip: archive!member)."),
    "sha256": ("varchar", "Hash of the file's bytes."),
    "size_bytes": ("bigint", "Size of the file."),
    "encoding": ("varchar", "Character encoding that the file was read in."),
    "table_rows": ("map(varchar, bigint)", "Rows landed, by table."),
    "status": ("varchar", "landed, unchanged, rejected, superseded or set aside."),
    "reason": ("varchar", "Why the file was rejected, superseded or set aside, in one sentence."),
    "findings": ("varchar[]", "What is odd about a file that landed all the same."),
    "is_current": ("boolean", "Whether rows of this file stand in raw now."),
    "spec_version": ("varchar", "Fingerprint of the return's specification at the time."),
    "loaded_at": ("timestamptz", "When."),
}

FIELD_FAILURES = {
    "la_code": ("varchar", "ONS code of the authority that sent the value."),
    "return_name": ("varchar", "Return."),
    "return_year": ("integer", "Year the return ends in."),
    "period_end": ("date", "Last day of what the return describes."),
    "table_name": ("varchar", "Table of the return."),
    "column_name": ("varchar", "Field, as the Department for Education names it."),
    "source_file": ("varchar", "File the value stands in."),
    "source_line": ("bigint", "Line of that file on which the row begins."),
    "source_row": ("bigint", "Ordinal of the row in its table and file."),
    "child_id": ("varchar", "The authority's own child reference."),
    "value": ("varchar", "The value that fails, as it was sent; null where it is missing."),
    "rule": ("varchar", "missing, pattern, code, out_of_years, duplicate, conflict or orphan."),
    "expected": ("varchar", "What was expected, in words."),
    "privacy": ("varchar", "Privacy class of the field."),
}


def httpfs_path() -> str:
    """Path of the httpfs extension that the wheel carries (DuckDB needs it to write encrypted files)."""
    folder = Path(duckdb_extension_httpfs.__file__).parent
    return str(next(folder.glob(f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension")))


def hmac_pads(pepper: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pads of HMAC-SHA-256 for a key of at most 64 bytes (RFC 2104)."""
    block = pepper.ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def lock_down(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path] = ()) -> None:
    """Let a connection reach no file outside `folders` and the databases it has attached, for good."""
    (locked,) = connection.execute("select current_setting('lock_configuration')").fetchone()
    if locked:
        return
    allowed = ", ".join(_quoted(folder) for folder in folders)
    connection.execute(f"set allowed_directories = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


@contextmanager
def connect(
    home: Home,
    *,
    vault: bool = False,
    warehouse: bool | Path = False,
    published: bool = False,
    read_only: bool = False,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection with the named databases attached, spill encrypted, and locked down.

    `warehouse` may be the path of a warehouse that is being built aside. `published`, which is not encrypted, is
    attached read-only where it is there. Raises HomeError where a database is not there, is held by another process,
    or does not open with this folder's keys.
    """
    config = {
        "temp_file_encryption": "true",
        "temp_directory": str(home.temp),
        "allow_community_extensions": "false",
        "autoinstall_known_extensions": "false",
    }
    if memory_limit:
        config["memory_limit"] = memory_limit
    if threads:
        config["threads"] = str(threads)
    home.temp.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.load_extension(httpfs_path())
        if vault:
            _attach(connection, home.vault, "vault", home.key("vault"), read_only)
        if warehouse:
            path = home.warehouse if warehouse is True else warehouse
            _attach(connection, path, "warehouse", home.key("warehouse"), read_only)
        if published and home.published_db.exists():
            connection.execute(f"attach {_quoted(home.published_db)} as published (read_only)")
        connection.execute("set timezone = 'UTC'")
        lock_down(connection)
        yield connection
    finally:
        connection.close()


def _attach(connection, path: Path, alias: str, key: str, read_only: bool) -> None:
    if read_only and not path.exists():
        raise HomeError(f"{path} is not there yet: run `liia init`, then `liia run`.")
    options = f"encryption_key '{key}'" + (", read_only" if read_only else "")
    try:
        if not path.exists():
            _create(connection, path, options)
        connection.execute(f"attach {_quoted(path)} as {alias} ({options})")
    except duckdb.Error as error:
        # DuckDB's own message may quote the statement, and the statement holds the key.
        if "set lock" in str(error):
            why = "another program has it open: close that, or wait for it"
        elif "key" in str(error).lower():
            why = "it does not open with the key in this data folder"
        else:
            why = "it is damaged, or not a database of this version"
        raise HomeError(f"{path} cannot be opened: {why}.") from None


def _create(connection, path: Path, options: str) -> None:
    """Make an empty database under another name first, so that it is there whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    connection.execute(f"attach {_quoted(draft)} as draft ({options})")
    connection.execute("detach draft")
    draft.chmod(0o600)
    draft.rename(path)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what the specification asks for and the vault lacks: raw tables, new columns, the quality tables.

    Runs in one transaction and removes nothing: a column that leaves the specification keeps its data.
    """
    connection.begin()
    for schema in ("raw", "quality", "staging", "official"):
        connection.execute(f"create schema if not exists vault.{schema}")
    wanted = {
        ("raw", table.identifier): {
            **{name: type_ for name, (type_, _) in spec.PROVENANCE.items()},
            **{column.name: "varchar" for column in table.columns},
        }
        for source in spec.returns().values()
        for table in source.tables
    }
    wanted["quality", "load_log"] = {name: type_ for name, (type_, _) in LOAD_LOG.items()}
    wanted["quality", "field_failures"] = {name: type_ for name, (type_, _) in FIELD_FAILURES.items()}
    wanted |= {("official", table): columns for table, columns in OFFICIAL.items()}
    there: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, lower(column_name) from duckdb_columns() where database_name = 'vault'"
    ).fetchall():
        there.setdefault((schema, table), set()).add(column)
    for (schema, table), columns in wanted.items():
        if (schema, table) not in there:
            body = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
            connection.execute(f"create table vault.{schema}.{table} ({body})")
            continue
        for name, type_ in columns.items():
            if name.lower() not in there[schema, table]:
                connection.execute(f'alter table vault.{schema}.{table} add column "{name}" {type_}')
                if name == "period_end":  # of rows that landed before there were other periods than such years
                    connection.execute(f"update vault.{schema}.{table} set period_end = make_date(return_year, 3, 31)")
    connection.commit()
