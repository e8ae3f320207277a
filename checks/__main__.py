"""`python -m checks [spec] [folders] [columns] [lineage]`: those named, or all; exit 1 where one finds something."""

import sys

from checks import columns, folders, lineage, specification
from loaders.home import HomeError
from loaders.spec import SpecError

CHECKS = {
    "spec": specification.problems,
    "folders": folders.problems,
    "columns": columns.problems,
    "lineage": lineage.problems,
}


def main(names: list[str]) -> int:
    """Print what each check finds, and return the exit code."""
    if unknown := set(names) - set(CHECKS):
        print(f"No check called {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}.")
        return 2
    failed = 0
    for name in names or CHECKS:
        try:
            found, looked_at = CHECKS[name]()
        except (SpecError, HomeError, FileNotFoundError) as error:
            found, looked_at = [str(error)], "what is there"
        for problem in found:
            print(f"{name}: {problem}")
        print(f"{name}: {len(found)} problems in {looked_at}.")
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
