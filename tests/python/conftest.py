"""What the tests of the loaders share: a data folder of their own, and ways to put files in it and look inside."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from loaders import cli, landing, vault
from loaders.home import Home
from loaders.spec import PROJECT

LA, OTHER_LA = "202", "203"  # Camden and Greenwich
LA_CODE = "E09000007"


class Data:
    """A data folder and what a test does with it."""

    def __init__(self, root: Path):
        self.home = Home(root)
        self.home.make()

    def put(self, path: str, content: str | bytes) -> Path:
        """Write a file below the inbox."""
        file = self.home.inbox / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def load(self, *paths: Path, **options) -> dict[str, landing.Outcome]:
        """Load the inbox, or the paths; what became of each file, by its name."""
        outcomes = landing.load(self.home, list(paths) or [self.home.inbox], **options)
        return {Path(one.source_file).name: one for one in outcomes}

    def one(self, content: str | bytes, name: str = "file", **options) -> landing.Outcome:
        """Load one file that lies outside the inbox; what became of it."""
        folder = self.home.root / "elsewhere"
        folder.mkdir(exist_ok=True)
        file = folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        (outcome,) = landing.load(self.home, [file], **options)
        return outcome

    def ask(self, query: str, *values) -> list[tuple]:
        """Rows of a query on the vault."""
        with vault.connect(self.home, vault=True) as connection:
            return connection.execute(query, list(values)).fetchall()

    def raw(self, table: str) -> list[dict]:
        """Rows of a raw table, in the order of the files."""
        with vault.connect(self.home, vault=True) as connection:
            rows = connection.execute(
                f"from vault.raw.{table} order by return_year, la_code, source_file, source_row"
            ).to_arrow_table()
        return rows.to_pylist()

    def everything(self) -> dict[str, list]:
        """All that raw holds, without the moment it came: equal where two vaults hold the same."""
        with vault.connect(self.home, vault=True) as connection:
            tables = connection.execute(
                "select table_name from duckdb_tables() where database_name = 'vault' and schema_name = 'raw'"
            ).fetchall()
            return {name: connection.execute(f"from vault.raw.{name} order by all").fetchall() for (name,) in tables}

    def liia(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        """Run `liia` as a person would, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "loaders.cli", *arguments],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def main(self, *arguments: str) -> tuple[int, str, str]:
        """Run `liia` in this process: its exit code, what it printed and what it complained of."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["liia", *arguments])
            patch.setenv("LIIA_DATA_DIR", str(self.home.root))
            try:
                cli.main()
                code = 0
            except SystemExit as left:
                code = left.code or 0
        return code, out.getvalue(), err.getvalue()

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "LIIA_DATA_DIR": str(self.home.root),
            "PYTHONPATH": str(PROJECT),
            "DBT_TARGET_PATH": str(self.home.root / "target"),
            "DBT_LOG_PATH": str(self.home.root / "logs"),
        }

    def files_with(self, *secrets: str | bytes, below: Path | None = None) -> list[Path]:
        """Files of the data folder, the inbox aside, in whose bytes a secret stands, in any case or width."""
        wanted = [secret.encode() if isinstance(secret, str) else secret for secret in secrets]
        wanted += [secret.decode("latin-1").encode("utf-16-le") for secret in wanted]
        return [
            file
            for file in (below or self.home.root).rglob("*")
            if file.is_file()
            and not file.is_relative_to(self.home.inbox)
            and any(secret in file.read_bytes() for secret in wanted)
        ]


@pytest.fixture
def data(tmp_path) -> Data:
    return Data(tmp_path / "data")


@pytest.fixture
def new_data(tmp_path):
    """Makes further data folders."""
    return lambda name: Data(tmp_path / name)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Returns that others made up, which lie beside the project where it is worked on."""
    shared = Path(os.environ.get("LIIA_SHARED") or PROJECT.parent / "shared")
    if not (shared / "samples").is_dir():
        pytest.skip(f"No samples at {shared}: set LIIA_SHARED to the folder that has them.")
    return shared / "samples"


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Published statistics as they were published, which lie beside the project where it is worked on."""
    shared = Path(os.environ.get("LIIA_SHARED") or PROJECT.parent / "shared")
    if not (shared / "public_data").is_dir():
        pytest.skip(f"No published files at {shared}: set LIIA_SHARED to the folder that has them.")
    return shared / "public_data"
