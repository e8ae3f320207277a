"""What the benchmarks share: CPU time and peak memory of a piece of work, each in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent


class Took(NamedTuple):
    """What a process took, start to end, and what it printed."""

    cpu: float
    wall: float
    peak_mb: float
    printed: str


def in_own_process(module: str, *arguments: str, environment: dict[str, str] | None = None) -> Took:
    """Run `python -m module arguments`. CPU seconds and peak memory are of the process and of those it waited for."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        text=True,
    )
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{module} {' '.join(arguments)} failed with exit code {process.returncode}:\n{printed}")
    return Took(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024, printed)


def table(*header: str) -> None:
    """Print the head of a Markdown table."""
    row(*header)
    row(*["---"] * len(header))


def row(*cells: object) -> None:
    """Print one row of a Markdown table."""
    sys.stdout.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")
    sys.stdout.flush()
