"""Made against published, authority by authority: how well made-up London resembles the real one.

`targets/measures.csv` says which published figure is compared with which measure: a column of a topic (or a sum of
columns) with the numerator or denominator of a measure, or with its value as a percentage or an average; `per` is then
the published figure that it is a share of, which weighs the authorities in London's value. Figures that were not
published for a year are not compared, nor those that were suppressed and that the targets estimate
(`targets/estimated.csv`). A published nought is met by at most one; deviations from it have no percentage.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from jinja2 import Environment, FileSystemLoader, select_autoescape

from loaders.spec import PROJECT
from synthetic import targets

LONDON = "London"
BAR = {"median": 0.05, "most": 0.15, "london": 0.02}  # the most that a measure may deviate
MOST = 0.9  # the share of authorities that `most` is about
TEMPLATES = Path(__file__).with_name("templates")
KEYS = ["measure", "la_code", "return_year"]
FACTOR = {"percent": 100.0, "average": 1.0}


def mapping() -> pl.DataFrame:
    """The measures that are compared, in their order: `targets/measures.csv`."""
    return pl.read_csv(targets.FOLDER / "measures.csv", infer_schema=False).with_columns(pl.col("per").fill_null(""))


def published(las: Sequence[str], years: Sequence[int], scale: float = 1.0) -> pl.DataFrame:
    """The published figures: measure, la_code, return_year, value, weight (null of counts); counts times `scale`."""
    every = mapping()
    found = []
    for (topic,), measures in every.group_by("topic", maintain_order=True):
        figures = _without_estimates(topic, targets.published(topic))
        figures = figures.filter(pl.col("la_code").is_in(las), pl.col("return_year").is_in(years))
        for row in measures.iter_rows(named=True):
            value = _sum(row["column"])
            found.append(
                figures.select(
                    pl.lit(row["measure"]).alias("measure"),
                    "la_code",
                    "return_year",
                    value=value * scale if row["takes"] in ("numerator", "denominator") else value,
                    weight=_sum(row["per"]) * scale if row["per"] else pl.lit(None, pl.Float64),
                )
            )
    return pl.concat(found).filter(pl.col("value").is_finite())  # a share of nothing is no number


def _without_estimates(topic: str, figures: pl.DataFrame) -> pl.DataFrame:
    """The figures of a topic, blank where they are estimates of what was suppressed."""
    rows = pl.read_csv(targets.FOLDER / "estimated.csv", schema_overrides={"return_year": pl.Int32})
    rows = rows.filter(topic=topic).select(*targets.KEYS, column=pl.col("columns").str.split("+")).explode("column")
    names = rows["column"].unique().sort().to_list()
    estimated = rows.group_by(targets.KEYS, maintain_order=True).agg(
        (pl.col("column") == name).any().alias(f"{name}_estimated") for name in names
    )
    marked = figures.join(estimated, on=targets.KEYS, how="left", maintain_order="left")
    return marked.with_columns(
        pl.when(~pl.col(f"{name}_estimated").fill_null(False)).then(name).alias(name) for name in names
    ).select(figures.columns)


def _sum(columns: str) -> pl.Expr:
    first, *rest = (pl.col(name) for name in columns.split("+"))
    for one in rest:
        first = first + one
    return first


def made(measures: pl.DataFrame) -> pl.DataFrame:
    """The made figures in the shape of `published`, from rows of measures.

    `measures` has measure_id, la_code, return_year, breakdown, breakdown_value, numerator and denominator.
    """
    every = mapping()
    keys = ["measure_id", "breakdown", "breakdown_value"]
    rows = every.select("measure", *keys, "takes").join(measures, on=keys, maintain_order="left")
    is_share = pl.col("takes").is_in(list(FACTOR))
    share = pl.col("numerator") / pl.col("denominator") * pl.col("takes").replace_strict(FACTOR, default=None)
    return rows.select(
        *KEYS,
        value=pl.when(is_share)
        .then(share)
        .when(pl.col("takes") == "denominator")
        .then("denominator")
        .otherwise("numerator")
        .cast(pl.Float64),
        weight=pl.when(is_share).then(pl.col("denominator").cast(pl.Float64)),
    ).filter(pl.col("value").is_not_nan())


def compare(made: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Each published figure beside the made one, authorities and then London (the sum, or the weighted mean, of them).

    Columns: measure, la_code, return_year, made, published, deviation (made / published - 1; 0 where nothing was
    published and at most one was made, null where more was). Sorted by measure, year and authority.
    """
    both = made.join(published, on=KEYS, suffix="_published", maintain_order="left")
    both = both.filter(pl.col("value").is_not_null())
    shares = pl.col("weight").is_not_null()
    london = both.group_by("measure", "return_year", maintain_order=True).agg(
        value=_london("value", "weight"),
        value_published=_london("value_published", "weight_published"),
        share=shares.any(),
    )
    # a share whose denominators were not published has no value for London
    london = london.filter(pl.col("value_published").is_not_null()).with_columns(la_code=pl.lit(LONDON))
    rows = pl.concat([frame.select(*KEYS, made="value", published="value_published") for frame in (both, london)])
    nought = pl.col("published") == 0
    deviation = pl.when(~nought).then(pl.col("made") / pl.col("published") - 1)
    deviation = deviation.when(pl.col("made").abs() <= 1).then(0.0)
    order = pl.DataFrame({"measure": mapping()["measure"]}).with_row_index("order")
    return (
        rows.with_columns(deviation=deviation)
        .join(order, on="measure", how="left", maintain_order="left")
        .sort("order", "measure", "return_year", pl.col("la_code") == LONDON, "la_code")
        .drop("order")
    )


def _london(value: str, weight: str) -> pl.Expr:
    """London's sum of counts, or mean of shares by their weights."""
    weighted = (pl.col(value) * pl.col(weight)).sum() / pl.col(weight).sum()
    return pl.when(pl.col("weight").is_not_null().any()).then(weighted.fill_nan(None)).otherwise(pl.col(value).sum())


def summary(compared: pl.DataFrame) -> pl.DataFrame:
    """How each measure fares: measure, la_years, median, most, london, worst_year and whether it `meets` the bar.

    `median` and `most` are of the absolute deviations of authorities in all years (a made figure where nothing was
    published counts as wholly off); `london` is London's deviation in the year in which it is furthest off.
    """
    size = pl.col("deviation").abs().fill_null(1.0)
    in_london = pl.col("la_code") == LONDON
    furthest = size.filter(in_london).arg_max()
    rows = compared.group_by("measure", maintain_order=True).agg(
        la_years=(~in_london).sum(),
        median=size.filter(~in_london).median(),
        most=size.filter(~in_london).quantile(MOST, "higher"),
        london=pl.col("deviation").filter(in_london).get(furthest, null_on_oob=True),
        worst_year=pl.col("return_year").filter(in_london).get(furthest, null_on_oob=True),
    )
    meets = (pl.col("median") <= BAR["median"]) & (pl.col("most") <= BAR["most"])
    meets &= pl.col("london").abs().fill_null(1.0) <= BAR["london"]
    return (
        mapping().select("theme", "measure").join(rows, on="measure", maintain_order="left").with_columns(meets=meets)
    )


def report(folder: Path, measures: pl.DataFrame, years: Sequence[int], scale: float) -> None:
    """Writes `calibration.csv` and the page `calibration.html` to a folder.

    `measures` are true values with the columns of `measures.msr_all`.
    """
    counted = measures.with_columns(
        pl.col("numerator", "denominator").cast(pl.Float64), return_year=pl.col("period_end").dt.year()
    )
    las = counted["la_code"].unique().sort().to_list()
    compared = compare(made(counted), published(las, list(years), scale))
    compared.write_csv(folder / "calibration.csv", float_precision=4)
    (folder / "calibration.html").write_text(_page(compared, scale), encoding="utf-8")


def _page(compared: pl.DataFrame, scale: float) -> str:
    results = summary(compared)
    names = pl.read_csv(PROJECT / "seeds/reference/local_authorities.csv", infer_schema=False)
    names = dict(names.select("la_code", "la_name").iter_rows()) | {LONDON: LONDON}
    tables = []
    for place, row in enumerate(results.iter_rows(named=True)):
        of_measure = compared.filter(measure=row["measure"])
        cells = {(one["la_code"], one["return_year"]): one for one in of_measure.iter_rows(named=True)}
        places = sorted({la_code for la_code, _ in cells}, key=lambda la_code: (la_code == LONDON, names[la_code]))
        tables.append(
            row | {"place": place, "cells": cells, "places": places, "years": sorted({year for _, year in cells})}
        )
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True))
    environment.filters |= {"number": _number, "percent": _percent}
    return environment.get_template("calibration.html.j2").render(
        tables=tables, names=names, scale=scale, bar=BAR, met=results["meets"].sum(), london=LONDON
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or value >= 1000 else f"{value:,.1f}"


def _percent(value: float | None) -> str:
    """A deviation as text: with its sign and one decimal; without a sign where it rounds to nought."""
    if value is None:
        return "–"
    text = f"{value * 100:+.1f}%"
    return "0.0%" if text in ("+0.0%", "-0.0%") else text.replace("-", "−")
