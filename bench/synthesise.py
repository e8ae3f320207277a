"""Benchmark of the made-up London: `liia synthesise` against a plain copy of the files it wrote, in the same run.

`python -m bench.synthesise [SCALE ...]`, by default 0.02 and 0.1; 1 is all of London and takes minutes. A line of the
files is a child of an XML return or a row of a CSV file.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from bench.measure import in_own_process, row, table

YEARS = "2021-2026"


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["copy"]:
        shutil.copytree(sys.argv[2], sys.argv[3])
        return
    head = ("files", "MB", "copied, wall s", "made, wall s", "made, CPU s", "ratio", "lines/s", "peak MB")
    table(f"Made-up London {YEARS}, scale", *head)
    for scale in sys.argv[1:] or ["0.02", "0.1"]:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "made"
            made = in_own_process(
                *("loaders.cli", "synthesise", "--scale", scale, "--years", YEARS, "--seed", "1", "--out", str(out)),
                environment={"LIIA_DATA_DIR": folder},
            )
            copied = in_own_process("bench.synthesise", "copy", str(out), f"{folder}/copy")
            files = [path for path in out.rglob("*") if path.is_file()]
            lines = sum(path.read_bytes().count(b"\n") for path in files if path.suffix in (".xml", ".csv"))
            row(
                scale,
                f"{len(files):,}",
                f"{sum(path.stat().st_size for path in files) / 1e6:.1f}",
                f"{copied.wall:.2f}",
                f"{made.wall:.1f}",
                f"{made.cpu:.1f}",
                f"{made.wall / copied.wall:.1f}",
                f"{lines / made.wall:,.0f}",
                f"{made.peak_mb:.0f}",
            )


if __name__ == "__main__":
    main()
