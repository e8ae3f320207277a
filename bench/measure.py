"""What the benchmarks share: CPU time and peak memory of a piece of work, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def in_own_process(module: str, *arguments: str, environment: dict[str, str] | None = None) -> dict:
    """Run `python -m module arguments`; return the JSON it prints, with `peak_mb` and `process_cpu` of the process."""
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
        raise SystemExit(f"{module} {' '.join(arguments)} failed with exit code {process.returncode}")
    told = json.loads(printed.splitlines()[-1])
    return told | {"peak_mb": usage.ru_maxrss / 1024, "process_cpu": usage.ru_utime + usage.ru_stime}


def row(*cells: object) -> None:
    """Print one row of a Markdown table."""
    sys.stdout.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")
    sys.stdout.flush()
