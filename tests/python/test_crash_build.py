"""`kill -9` while a build takes its place: the next command finds the old build or the new one, in all its parts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loaders import build

MOVES = {"warehouse.duckdb": "warehouse.duckdb", "published.duckdb": "published.duckdb", "pages": "published"}

PROMOTE = f"""
import os, shutil, signal, sys
from pathlib import Path
from loaders import build
from loaders.home import Home

calls, fatal = [0], int(sys.argv[1])

def counted(inner):
    def call(*arguments, **options):
        calls[0] += 1
        if calls[0] == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return inner(*arguments, **options)
    return call

home, moves = Home.default(), {MOVES!r}
aside = build.start(home, "warehouse.duckdb", "published.duckdb")
for name in ("warehouse.duckdb", "published.duckdb"):
    (aside / name).write_text("new")
(aside / "pages").mkdir()
(aside / "pages" / "index.html").write_text("new")
for name in ("rename", "replace", "unlink", "write_text", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
for name in ("rename", "replace", "unlink", "rmdir", "fsync"):
    setattr(os, name, counted(getattr(os, name)))
shutil.rmtree = counted(shutil.rmtree)
build.promote(home, moves)
"""


def state(home) -> set[str]:
    files = [home.warehouse, home.published_db, home.published / "index.html"]
    return {file.read_text() for file in files}


@pytest.fixture
def old(data):
    for file in (data.home.warehouse, data.home.published_db, data.home.published / "index.html"):
        file.parent.mkdir(exist_ok=True)
        file.write_text("old")
    return data


def promote(data, fatal: int) -> int:
    run = subprocess.run(
        [sys.executable, "-c", PROMOTE, str(fatal)], env=data.environment(), capture_output=True, check=False
    )
    return run.returncode


def test_killed_at_each_step_of_taking_its_place(old):
    seen, fatal = [], 1
    while (code := promote(old, fatal)) == -signal.SIGKILL:
        build.recover(old.home)
        (found,) = state(old.home)
        seen.append(found)
        assert not (old.home.root / ".build").exists()
        for file in (old.home.warehouse, old.home.published_db, old.home.published / "index.html"):
            file.write_text("old")
        fatal += 1
    assert code == 0
    assert state(old.home) == {"new"}
    assert seen == sorted(seen, reverse=True)  # once it is decided, it stays decided
    assert set(seen) == {"old", "new"}


def test_a_build_that_was_cut_off_leaves_nothing(old):
    aside = build.start(old.home, "warehouse.duckdb")
    (aside / "warehouse.duckdb").write_text("half")
    build.recover(old.home)
    assert state(old.home) == {"old"}
    assert not aside.exists()


def test_the_log_of_an_old_database_does_not_outlive_it(old):
    stale = Path(f"{old.home.warehouse}.wal")
    stale.write_text("of the old one")
    assert promote(old, 0) == 0
    assert not stale.exists()


def test_a_build_is_private(old):
    aside = build.start(old.home, "warehouse.duckdb", "nowhere.duckdb")
    assert [oct(file.stat().st_mode & 0o777) for file in aside.iterdir()] == ["0o600"]


def test_dbt_killed_leaves_the_warehouse_as_it_was(data):
    """The whole process group is killed in the midst of a build, which is then done again."""
    assert data.main("init")[0] == 0
    before = data.home.warehouse.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "loaders.cli", "dbt", "--quiet", "seed"],
        env=data.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(4)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert data.home.warehouse.read_bytes() == before
    assert data.liia("dbt", "--quiet", "seed", "-s", "local_authorities").returncode == 0
    assert "local_authorities" in data.liia("sql", "select table_name from duckdb_tables()").stdout
