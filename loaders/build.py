"""dbt, run so that a build is seen whole or not at all: made aside, then moved into place."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

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
    os.replace(source, target)


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
            os.chmod(aside / name, 0o600)
    return aside


def run_dbt(home: Home, arguments: list[str]) -> int:
    """Run dbt with the keys in its environment; return its exit code.

    A command that writes works on copies of the warehouse and the published database, which take the place of the
    originals only if it succeeds. Nothing is left of one that fails, or that is killed.
    """
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command not in WRITES:
        return _dbt(home.environment(), arguments)
    databases = [home.warehouse.name, home.published_db.name]
    aside = start(home, *databases)
    code = _dbt(home.environment(aside), arguments)
    if code == 0:
        for name in databases:
            (aside / f"{name}.wal").unlink(missing_ok=True)
        promote(home, {name: name for name in databases})
    else:
        shutil.rmtree(aside, ignore_errors=True)
    return code


def _dbt(environment: dict[str, str], arguments: list[str]) -> int:
    dbt = Path(sys.executable).parent / ("dbt.exe" if os.name == "nt" else "dbt")
    everything = (
        os.environ | environment | {"DBT_PROFILES_DIR": str(PROJECT), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    )
    return subprocess.run([str(dbt), *arguments], cwd=PROJECT, env=everything, check=False).returncode
