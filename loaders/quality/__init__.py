"""Quality of what authorities sent: checked once, stored in the vault, and shown to those who can mend it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from loaders import vault
from loaders.home import Home


@dataclass(frozen=True)
class Summary:
    """What a run of the checks found and wrote."""

    failures: int
    failures_by_authority: dict[str, int]  # every authority that has sent anything, those with none included
    failures_by_rule: dict[str, int]
    suites: int
    suites_with_failures: int
    not_as_logged: list[str]  # suites whose rows are not those that the load log says landed
    disagreements: list[str]  # where Great Expectations counts otherwise than the stored failures: ours to mend
    seconds: float

    def text(self) -> str:
        """The summary for people."""
        authorities = sum(1 for failures in self.failures_by_authority.values() if failures)
        lines = [
            f"{self.failures:,} values to mend, from {authorities} of {len(self.failures_by_authority)} authorities.",
            f"{self.suites} expectation suites ran; {self.suites_with_failures} found something.",
        ]
        lines += [f"{name}: raw holds other rows than the load log says; load it again." for name in self.not_as_logged]
        lines += [f"Two counts of the same failures differ, a fault of ours: {line}." for line in self.disagreements]
        return "\n".join(lines)


def run_checks(home: Home, say: Callable[[str], object] = print) -> Summary:
    """Check every row that stands in raw; replace the stored failures, the fix lists and the Data Docs.

    Stops at nothing that an authority sent. Raises HomeError where the vault cannot be opened.
    """
    from loaders.quality import failures, fix_lists, suites  # here, because Great Expectations takes seconds

    started = time.monotonic()
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        tables = failures.landed(connection)
        stored = failures.store(connection, tables)
        by_rule = dict(
            connection.execute(
                "select rule, count(*) from vault.quality.field_failures group by all order by all"
            ).fetchall()
        )
        by_authority = fix_lists.write(connection, home)
        say(f"Fix lists are written; now counting with Great Expectations ({len(tables)} suites).")
        results = suites.run(connection, tables, home.quality / "data_docs")
        disagreements = failures.disagreements(connection, {r.name: r.unexpected for r in results})
    failing = [r for r in results if r.failing]
    not_as_logged = [r.name for r in results if not r.rows_agree]
    return Summary(
        stored,
        by_authority,
        by_rule,
        len(results),
        len(failing),
        not_as_logged,
        disagreements,
        round(time.monotonic() - started, 1),
    )
