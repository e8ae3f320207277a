"""dbt, run so that a build is seen whole or not at all: made aside, then moved into place."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import duckdb

from loaders import vault
from loaders.home import Home
from loaders.spec import PROJECT

WRITES = {"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"}


def _aside(home: Home) -> Path:
    return home.root / ".build"


def _sync(folder: Path) -> None:
    with suppress(OSError, PermissionError):  # Windows does not open folders
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def recover(home: Home) -> None:
    """Finish a move that was cut off, or clear away a build that was; call it with the write lock held.

    The list of what is to be moved is itself moved into place last, so that it is there whole or not at all.
    """
    aside = _aside(home)
    done = aside / "complete.json"
    if done.exists():
        for name, target in json.loads(done.read_text()).items():
            _replace(aside / name, home.root / target)
        _sync(home.root)
    shutil.rmtree(aside, ignore_errors=True)


def _replace(source: Path, target: Path) -> None:
    if not source.exists():
        return  # moved before the cut
    if target.is_dir():
        old = source.with_suffix(".old")
        target.rename(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)  # of the old database: not the new one's
    source.replace(target)


def promote(home: Home, moves: dict[str, str]) -> None:
    """Move finished files and folders of the aside build into the data folder, all or (after `recover`) all.

    `moves` maps names in the build to paths below the data folder.
    """
    aside = _aside(home)
    for name in moves:
        path = aside / name
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    draft = aside / "complete.new"
    draft.write_text(json.dumps(moves))
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.rename(aside / "complete.json")
    _sync(aside)
    recover(home)


def start(home: Home, *names: str) -> Path:
    """A fresh folder for a build aside, holding copies of what is to be changed; returns it."""
    recover(home)
    aside = _aside(home)
    aside.mkdir()
    for name in names:
        if (home.root / name).exists():
            shutil.copyfile(home.root / name, aside / name)
            (aside / name).chmod(0o600)
    return aside


def run_dbt(home: Home, arguments: list[str]) -> int:
    """Run dbt with the keys in its environment; return its exit code.

    A command that writes works aside: a whole build on new databases, any other on copies. They take the place of the
    originals only if it succeeds; nothing is left of one that fails, or that is killed.
    """
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command not in WRITES:
        return _dbt(home.environment(), arguments)
    databases = [home.warehouse.name, home.published_db.name]
    aside = start(home, *([] if _is_whole(arguments) else databases))
    code = _dbt(home.environment(aside), arguments)
    if code == 0:
        _settle(home, aside)
        for name in databases:
            (aside / name).chmod(0o600)
        promote(home, {name: name for name in databases})
    else:
        shutil.rmtree(aside, ignore_errors=True)
    return code


def _is_whole(arguments: list[str]) -> bool:
    """Whether a command makes every table anew, so that nothing of an earlier build need be kept."""
    narrowing = ("-s", "-m", "--select", "--models", "--exclude", "--selector", "--resource-type", "--empty")
    return "build" in arguments and not any(word.startswith(narrowing) for word in arguments)


def _settle(home: Home, aside: Path) -> None:
    """Write into the databases what dbt may have left in the logs beside them."""
    if (aside / f"{home.warehouse.name}.wal").exists():
        with vault.connect(home, warehouse=aside / home.warehouse.name) as connection:
            connection.execute("checkpoint warehouse")
    if (aside / f"{home.published_db.name}.wal").exists():
        with duckdb.connect(aside / home.published_db.name) as connection:
            connection.execute("checkpoint")


def _dbt(environment: dict[str, str], arguments: list[str]) -> int:
    dbt = Path(sys.executable).parent / ("dbt.exe" if os.name == "nt" else "dbt")
    settings = {"DBT_PROFILES_DIR": str(PROJECT), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    if "show" in arguments:
        settings["DBT_LOG_LEVEL_FILE"] = "none"  # it would write the rows it shows to logs/
    return subprocess.run(
        [str(dbt), *arguments],
        cwd=PROJECT,
        env=os.environ | environment | settings,
        check=False,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    ).returncode


def _die_with_parent() -> None:
    """Ask Linux to kill dbt when this process is killed, so that it does not go on holding the vault (prctl(2))."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
