"""Great Expectations' own pages, made fit to be opened on a machine that must ask nothing of the network.

Their layout is loaded from public hosts and their index is drawn by scripts from there. So each page gets a
policy that keeps the browser from asking and a style of its own, and the index is ours.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loaders.quality.pages import template

HEAD = """
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:">
<style>
body { font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; margin: 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #c9d1d8; }
.text-success::before { content: "holds"; color: #1d6b3a; }
.text-danger::before { content: "fails"; color: #a3160f; font-weight: 600; }
footer, .navbar img { display: none; }
</style>
"""


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found: unexpected rows by (column, rule), and whether raw has the rows of the load log."""

    name: str
    expectations: int
    unexpected: dict[tuple[str, str], int]
    rows_agree: bool

    @property
    def failing(self) -> int:
        """How many of the checks failed."""
        return sum(1 for rows in self.unexpected.values() if rows)


def finish(folder: Path, results: list[SuiteResult]) -> None:
    """Close the pages of a site off from the network, and give it an index that needs no script."""
    for page in folder.rglob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("<head>", f"<head>{HEAD}", 1), encoding="utf-8")
    paths = {page.stem: page.relative_to(folder).as_posix() for page in folder.glob("validations/**/*.html")}
    suites = [(result, paths[f"vault-{result.name}"]) for result in results]
    index = template("data_docs.html.j2").render(suites=suites, made=datetime.now(UTC))
    (folder / "index.html").write_text(index, encoding="utf-8")
