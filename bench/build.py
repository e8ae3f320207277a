"""Benchmark of the build: `dbt build` of a made-up London against `dbt parse` of the same project, in the same run.

`python -m bench.build [SCALE]` makes so large a London (default 0.1, as in `make demo`), without faults, so that no
file is refused.
"""

import sys
import tempfile

from bench.measure import in_own_process, table
from bench.measure import row as print_row


def main() -> None:
    """Print the table."""
    scale = sys.argv[1] if len(sys.argv) > 1 else "0.1"
    with tempfile.TemporaryDirectory() as folder:
        here = {"LIIA_DATA_DIR": folder, "DBT_QUIET": "true"}

        def liia(*words: str):
            return in_own_process("loaders.cli", *words, environment=here)

        liia("init")
        liia("synthesise", "--scale", scale, "--years", "2023-2025", "--error-rate", "0")
        load = liia("load")
        parse = liia("dbt", "parse", "--no-partial-parse")
        build = liia("dbt", "build")
        table("step", "CPU s", "of dbt parse", "wall s", "peak MB")
        for name, took in {"liia load": load, "dbt parse": parse, "dbt build": build}.items():
            print_row(name, f"{took.cpu:.1f}", f"{took.cpu / parse.cpu:.1f}", f"{took.wall:.1f}", f"{took.peak_mb:.0f}")


if __name__ == "__main__":
    main()
