"""From made-up lives to files, through the whole warehouse: what it counts is what the answer key says, row by row."""

import polars as pl
import pytest
from conftest import Data

from loaders import vault
from synthetic import make
from synthetic.key import CELL, COUNTS
from synthetic.key_counts import seed

AREAS = ["Camden", "Croydon", "Westminster"]
YEARS = range(2023, 2026)
REGISTER = seed("measures/measures").filter(pl.col("return_name").is_in(list(COUNTS)))  # what the key tells of


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Data:
    """A data folder with three clean years of three authorities, every return, and their answer key."""
    data = Data(tmp_path_factory.mktemp("answers"))
    make.synthesise(data.home.root, scale=0.04, years=YEARS, seed=5, las=AREAS, error_rate=0)
    return data


@pytest.fixture(scope="module")
def key(made) -> pl.DataFrame:
    """The true value of every measure."""
    return pl.read_parquet(made.home.root / "answer_key/measures.parquet").filter(basis="true").drop("basis")


@pytest.fixture(scope="module")
def counted(made) -> pl.DataFrame:
    """`msr_all` as the warehouse makes it from the files, of the returns that the key tells of."""
    only = ["--resource-type", "seed", "--resource-type", "model"]  # no tests: others run those
    steps = ["load"], ["dbt", "--quiet", "build", "-s", "+msr_all", *only]
    for step in steps:
        said = made.liia(*step)
        assert said.returncode == 0, said.stdout + said.stderr
    with vault.connect(made.home, warehouse=True) as connection:
        every = pl.from_arrow(connection.execute("from warehouse.measures.msr_all").to_arrow_table())
    return every.join(REGISTER, on="measure_id", how="semi", maintain_order="left")


def test_the_warehouse_counts_what_the_key_says(key, counted):
    both = key.join(counted, on=list(CELL), how="full", coalesce=True, suffix="_counted").sort(list(CELL))
    is_same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name}_counted")) for name in ("numerator", "denominator")
    )
    different = both.filter(~is_same)
    with pl.Config(tbl_rows=40, tbl_cols=-1, tbl_width_chars=200, fmt_str_lengths=60):
        assert different.is_empty(), f"{different.height} of {both.height} cells differ:\n{different}"
    assert both.height == key.height == counted.height  # no cell twice


def test_the_key_is_not_empty(key):
    """Every measure that the key tells of is there wherever it can be; all but rare ones count."""
    totals = key.filter(breakdown="all")
    register = REGISTER.select("measure_id", "return_name", pl.col("first_year").cast(pl.Int64))
    assert set(totals["measure_id"]) == set(register["measure_id"])
    empty = register.join(totals.filter(pl.col("numerator") != 0), on="measure_id", how="anti")
    assert empty.filter(pl.col("return_name").is_in(["cin", "ssda903"])).is_empty()
    assert empty.height < 25, empty.rows()
    returns = dict(totals.group_by("measure_id").len().iter_rows())
    after_another = {"CIN-R2", "W29", "W30"}  # not in the first year
    for measure_id, return_name, first_year in register.iter_rows():
        years = [year for year in YEARS if year >= first_year]
        days = 2 if return_name == "annex_a" else 1  # in a year
        expected = len(AREAS) * days * (len(years) - (measure_id in after_another))
        assert returns[measure_id] == expected, measure_id
