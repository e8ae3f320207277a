"""The page of results: what is published, on one self-contained HTML page that a person can read or print."""

from datetime import date
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, select_autoescape

from loaders import spec

TEMPLATES = Path(__file__).parent / "templates"
MOST_PERIODS = 6  # of a return, side by side
DAY = "%d %b %Y"

FIGURES = """
select
    measures.return_name,
    measures.theme,
    measures.measure_id,
    measures.measure_name,
    measures.definition,
    measures.unit,
    measures.rate_per,
    measures.decimals,
    measures.source,
    areas.la_code,
    areas.la_name,
    areas.area_type,
    facts.period_type,
    facts.period_end,
    facts.numerator,
    facts.denominator,
    facts.value,
    facts.status,
    facts.la_count,
    facts.la_expected
from pub_fct_measures as facts
inner join pub_dim_measure as measures using (measure_id)
inner join pub_dim_local_authority as areas using (la_code)
where
    facts.breakdown = 'all'
    -- not the measures that only divide another, whose total is always 100%
    and measures.split_by is null
order by
    facts.period_type != 'year',  -- returns of a year first
    measures.return_name,
    regexp_extract(measures.measure_id, '^[A-Z-]+'),
    cast(regexp_extract(measures.measure_id, '[0-9]+') as integer),
    measures.measure_id,
    facts.period_end
"""

NOT_SENT = """
select
    coverage.return_name,
    coverage.period_end,
    string_agg(areas.la_name, ', ' order by areas.la_name) as la_names,
    string_agg(coverage.caveat, ' ' order by areas.la_name) as caveats
from pub_dim_coverage as coverage
inner join pub_dim_local_authority as areas using (la_code)
where coverage.is_expected and not coverage.is_sent
group by coverage.return_name, coverage.period_end
order by coverage.return_name, coverage.period_end
"""

CAVEATS = """
select distinct coverage.return_name, areas.la_name, coverage.caveat
from pub_dim_coverage as coverage
inner join pub_dim_local_authority as areas using (la_code)
where coverage.caveat is not null and (coverage.is_sent or not coverage.is_expected)
order by coverage.return_name, areas.la_name
"""


def write_page(database: Path, file: Path) -> None:
    """Write the results of a published database to `file`: London by period, every authority in the latest one, gaps.

    Only totals are on the page; breakdowns, and measures that only divide another, are in the Parquet files beside it.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        figures, not_sent, caveats = (_rows(connection, query) for query in (FIGURES, NOT_SENT, CAVEATS))
    for figure in figures:
        figure["text"] = _text(figure)
    titles = {name: source.meta.title for name, source in spec.returns().items()}
    measures = {figure["measure_id"]: figure for figure in figures}
    sections = [
        {
            "name": name,
            "title": titles[name],
            "periods": _periods(of_return),
            "themes": _by((m for m in measures.values() if m["return_name"] == name), "theme"),
        }
        for name, of_return in _by(figures, "return_name").items()
    ]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True))
    html = environment.get_template("results.html.j2").render(
        sections=sections,
        titles=titles,
        period_names=_period_names(figures, not_sent),
        not_sent=not_sent,
        caveats=caveats,
        cells={(f["measure_id"], f["la_code"], f["period_end"]): f for f in figures},
        places=sorted(
            {(f["area_type"] != "local_authority", f["la_name"], f["la_code"]) for f in figures}, key=lambda p: p[:2]
        ),
        london=next((f["la_code"] for f in figures if f["area_type"] == "region"), None),
        region=next((f["la_name"] for f in figures if f["area_type"] == "region"), "the region"),
    )
    file.write_text(html, encoding="utf-8")


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    answer = connection.execute(query)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _periods(figures: list[dict]) -> list[date]:
    """The latest periods of a return, the oldest of them first."""
    return sorted({figure["period_end"] for figure in figures})[-MOST_PERIODS:]


def _period_names(figures: list[dict], not_sent: list[dict]) -> dict[tuple[str, date], str]:
    """What the period of a return is called: its year, or the day that it ends."""
    of_years = {figure["return_name"] for figure in figures if figure["period_type"] == "year"}
    return {
        (row["return_name"], row["period_end"]): row["period_end"].strftime(
            "%Y" if row["return_name"] in of_years else DAY
        )
        for row in [*figures, *not_sent]
    }


def _by(rows, key: str) -> dict:
    groups: dict = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _text(figure: dict) -> str:
    """A figure as it is read: the value in its unit, else the count, else what stands in its place."""
    if figure["status"] == "suppressed" and figure["value"] is None:
        return "c"
    number = figure["value"] if figure["value"] is not None else figure["numerator"]
    if number is None:
        return "–"
    if figure["value"] is None or figure["unit"] == "count":
        return f"{number:,.0f}"
    return f"{number:,.{figure['decimals']}f}" + ("%" if figure["unit"] == "percent" else "")
