"""`kill -9` at any moment of a load: the next command finds what stood before, or what was to stand after."""

import shutil
import signal
import subprocess
import sys
import time

import pytest
from conftest import Data
from made_up import CHILD_ID, UPN, cin, cin_child

OLD = [f"OLD{number}" for number in range(40)]
NEW = [f"{CHILD_ID}X{number}" for number in range(4_000)]
MOMENTS = 7

KILLER = """
import os, signal, sys
from pathlib import Path
from loaders import landing
from loaders.home import Home

where, name, count = Home.default(), sys.argv[1], int(sys.argv[2])
owner, _, method = name.rpartition(".")
owner = getattr(landing, owner) if owner else landing
inner, calls = getattr(owner, method), [0]

def fatal(*arguments, **options):
    calls[0] += 1
    if calls[0] == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return inner(*arguments, **options)

setattr(owner, method, fatal)
landing.load(where, [where.inbox])
"""


def census(ids: list[str], serial: str) -> str:
    more = [("ChildProtectionPlans", [("CPPstartDate", "2024-07-01")])] * 3
    return cin(*(cin_child(child_id, more=more) for child_id in ids), serial=serial)


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A vault with one census in it and the next one in the inbox."""
    data = Data(tmp_path_factory.mktemp("crash") / "data")
    data.put("202/cin/2025/cin.xml", census(OLD, "1"))
    data.load()
    data.put("202/cin/2025/cin.xml", census(NEW, "2"))
    return data


@pytest.fixture
def data(start, tmp_path):
    shutil.copytree(start.home.root, tmp_path / "data")
    return Data(tmp_path / "data")


def stands(data) -> str:
    """Which census stands, whole; an AssertionError where it is something between."""
    ids = [row["LAchildID"] for row in data.raw("cin__child_identifiers")]
    plans = len(data.raw("cin__child_protection_plans"))
    current = data.ask("select table_rows from vault.quality.load_log where is_current")
    assert ids in (OLD, NEW)
    assert plans == 3 * len(ids)
    assert [rows["child_identifiers"] for (rows,) in current] == [len(ids)]
    return "old" if ids == OLD else "new"


def check_after(data) -> str:
    """After a kill: nothing in the clear, a whole state, and the next load comes to its end."""
    assert data.files_with(CHILD_ID, UPN) == []
    found = stands(data)
    (outcome,) = data.load().values()
    assert outcome.status == {"old": "landed", "new": "unchanged"}[found]
    assert stands(data) == "new"
    assert data.files_with(CHILD_ID, UPN) == []
    return found


def test_killed_at_moments_spread_over_a_load(start, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(start.home.root, whole)
    began = time.monotonic()
    assert Data(whole).liia("load").returncode == 0
    seconds = time.monotonic() - began
    for moment in range(1, MOMENTS + 1):
        root = tmp_path / str(moment)
        shutil.copytree(start.home.root, root)
        data = Data(root)
        process = subprocess.Popen(
            [sys.executable, "-m", "loaders.cli", "load"],
            env=data.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(seconds * moment / MOMENTS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        check_after(data)
        shutil.rmtree(root)


@pytest.mark.parametrize(
    ("step", "count"),
    [("_clear", 1), ("_land_file", 1), ("_position", 1), ("_Log.write", 1), ("_Log.write", 2)],
)
def test_killed_at_each_step_of_a_transaction(data, step, count):
    run = subprocess.run(
        [sys.executable, "-c", KILLER, step, str(count)], env=data.environment(), capture_output=True, check=False
    )
    assert run.returncode == -signal.SIGKILL
    assert check_after(data) == "old"


def test_killed_while_the_data_folder_is_made(tmp_path):
    for moment in range(1, 6):
        data_dir = tmp_path / str(moment)
        environment = Data(tmp_path / "other").environment() | {"LIIA_DATA_DIR": str(data_dir)}
        process = subprocess.Popen(
            [sys.executable, "-m", "loaders.cli", "init"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(moment * 0.2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        data = Data(data_dir)
        again = data.liia("init")
        assert (again.returncode, again.stderr) == (0, "")
        data.put("202/cin/2025/cin.xml", cin())
        assert data.load()["cin.xml"].status == "landed"
