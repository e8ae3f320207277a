"""The pieces of work that are measured; `python -m bench.work PIECE FILE` prints the CPU and wall seconds it took."""

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from lxml import etree

from loaders import landing
from loaders.home import Home


def iterparse(file: Path) -> int:
    """The baseline of XML: lxml.iterparse over the children, each cleared, nothing kept."""
    count = 0
    for _, element in etree.iterparse(str(file), tag="Child"):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def read_csv(file: Path) -> int:
    """The baseline of CSV: DuckDB's own reader into a table in memory, one thread."""
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.execute("create table rows as select * from read_csv(?, all_varchar = true)", [str(file)])
        return connection.execute("select count(*) from rows").fetchone()[0]


def land(file: Path) -> int:
    """What is measured: the file landed in an encrypted vault, made for it, log and all."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.make()
        (outcome,) = landing.load(home, [file], la="Camden", period="2024")
        if outcome.status != "landed":
            raise SystemExit(outcome.reason)
        return sum(outcome.table_rows.values())


def main() -> None:
    """Do one piece of work and say what it took."""
    piece = {"iterparse": iterparse, "read_csv": read_csv, "land": land}[sys.argv[1]]
    wall, cpu = time.perf_counter(), time.process_time()
    count = piece(Path(sys.argv[2]))
    told = {"count": count, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
