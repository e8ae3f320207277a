"""The data folder: keys that none but its owner reads and nothing overwrites, and one writer at a time."""

import multiprocessing
import subprocess
import sys

import pytest
from made_up import CHILD_ID, UPN, cin, header_csv

from loaders.home import KEY_NAMES, Home, HomeError

HOLD = """
import sys
from loaders.home import Home

with Home.default().writer("load"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_keys_are_for_their_owner_alone(data):
    assert oct(data.home.keys.stat().st_mode & 0o777) == "0o700"
    assert sorted(file.name for file in data.home.keys.iterdir()) == sorted(f"{name}.key" for name in KEY_NAMES)
    for name in KEY_NAMES:
        assert oct((data.home.keys / f"{name}.key").stat().st_mode & 0o777) == "0o600"
        assert len(bytes.fromhex(data.home.key(name))) == 32
    assert len({data.home.key(name) for name in KEY_NAMES}) == len(KEY_NAMES)


def test_the_databases_are_for_their_owner_alone(data):
    data.main("init")
    for file in (data.home.vault, data.home.warehouse):
        assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_a_key_is_never_made_twice(data):
    before = {name: data.home.key(name) for name in KEY_NAMES}
    (data.home.keys / "pepper.key").unlink()
    assert data.home.make() == ["pepper"]
    assert data.home.key("vault") == before["vault"]
    assert data.home.key("pepper") != before["pepper"]
    assert data.home.make() == []


def made(root) -> list[str]:
    Home(root).make()
    return [Home(root).key(name) for name in KEY_NAMES]


def test_folders_made_at_once_have_one_set_of_keys(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        sets = pool.map(made, [tmp_path / "data"] * 12, chunksize=1)
    assert all(keys == sets[0] for keys in sets)
    assert len(list((tmp_path / "data/keys").iterdir())) == len(KEY_NAMES)


@pytest.fixture
def held(data):
    """The write lock, held by another process until `release` is called."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=data.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_load_says_who_writes_and_gives_up_plainly(data, held):
    data.put("202/cin/2025/cin.xml", cin())
    code, out, err = data.main("load", "--wait", "0.2")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == f"Waiting: `liia load` (process {held.pid}) is writing to {data.home.root}."
    assert "has been writing" in err.splitlines()[1]
    assert "try again when it has ended" in err.splitlines()[1]


def test_a_second_load_waits_its_turn(data, held):
    data.put("202/cin/2025/cin.xml", cin())
    second = subprocess.Popen(
        [sys.executable, "-m", "loaders.cli", "load"],
        env=data.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert second.stderr.readline().startswith("Waiting: ")
    held.communicate("go on\n")
    out, _ = second.communicate()
    assert (second.returncode, out.endswith("1 landed\n")) == (0, True)


def test_a_writer_that_was_killed_holds_nothing(data, held):
    held.kill()
    held.wait()
    data.put("202/cin/2025/cin.xml", cin())
    assert data.main("load", "--wait", "0")[0] == 0


def test_two_loads_at_once_both_land(data, tmp_path):
    data.put("202/cin/2025/cin.xml", cin())
    data.put("203/ssda903/2025/header.csv", header_csv())
    loads = [
        subprocess.Popen(
            [sys.executable, "-m", "loaders.cli", "load", str(data.home.inbox / la)],
            env=data.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for la in ("202", "203")
    ]
    for load in loads:
        load.communicate()
    assert [load.returncode for load in loads] == [0, 0]
    assert len(data.raw("cin__child_identifiers")) == len(data.raw("ssda903__header")) == 1


def test_the_lock_is_free_after_an_error(data):
    with pytest.raises(RuntimeError), data.home.writer("load"):
        raise RuntimeError
    with data.home.writer("load", wait_seconds=0):
        pass


def test_a_wait_that_is_over_is_a_home_error(data, held):
    said = []
    with pytest.raises(HomeError, match="try again"), data.home.writer("load", 0.1, say=said.append):
        pass
    assert len(said) == 1


def test_nothing_of_a_child_is_outside_the_encrypted_files(data):
    data.put("202/cin/2025/cin.xml", cin())
    data.put("202/ssda903/2025/header.csv", header_csv())
    data.load()
    assert len(data.raw("cin__child_identifiers")) == 1
    assert data.files_with(CHILD_ID, UPN, *(bytes.fromhex(data.home.key(name)) for name in KEY_NAMES)) == []
    for name in KEY_NAMES:
        assert data.files_with(data.home.key(name)) == [data.home.keys / f"{name}.key"]
