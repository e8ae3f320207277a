"""The one strict reader of what published statistics look like: `models/reference/official/_official__sources.yml`.

A release with other columns is a change of that file, and of nothing else. A key that this file does not know is an
error that names the place.
"""

from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from loaders.spec import PROJECT, SpecError, Text

PATH = Path("models/reference/official/_official__sources.yml")

# What the loader makes in the vault's schema `official`: table, column, DuckDB type. What each means stands in PATH.
TABLES = {
    "figures": {
        "publication": "varchar",
        "dataset": "varchar",
        "release": "varchar",
        "source_file": "varchar",
        "source_row": "bigint",
        "area": "varchar",
        "time_period": "varchar",
        "filters": "varchar",
        "indicator": "varchar",
        "unit": "varchar",
        "value_as_published": "varchar",
    },
    "files": {
        "publication": "varchar",
        "dataset": "varchar",
        "release": "varchar",
        "source": "varchar",
        "licence": "varchar",
        "period_ends": "varchar",
        "areas_rounded_to": "integer",
        "source_file": "varchar",
        "sha256": "varchar",
        "figures": "bigint",
        "spec_version": "varchar",
        "loaded_at": "timestamptz",
    },
}

PeriodEnds = Annotated[Text, Field(pattern=r"^(\d{2}-\d{2}|third Thursday of \d{2})$")]

# Columns that name the area of a row, the first that is filled; by geographic_level, where a file has that column.
LEVEL = "geographic_level"
Areas = dict[Text, list[Text]] | list[Text]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(_Strict):
    """One table of a publication, in all the shapes that its releases have had."""

    name: Text
    title: Text
    period: Text | None = "time_period"  # the column that says the period
    period_is: Text | None = None  # instead of a column, where a file says nothing of its period
    release_is_year_after_period: bool = False
    period_ends: PeriodEnds | None = None  # where it differs from the publication's
    areas: Areas | None = None  # where they differ from the publication's
    filters: list[Text] = []  # columns that say what a figure is of
    ignored: list[Text] = []  # columns that add nothing to the others
    where: dict[Text, list[Text]] = {}  # values that tell apart tables with the same columns
    indicators: dict[Text, list[Text]]  # unit: columns
    also_called: dict[Text, list[Text]] = {}  # what other releases call a column
    note: Text | None = None

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of each indicator."""
        return {name: unit for unit, names in self.indicators.items() for name in names}

    def spellings(self, column: str) -> list[str]:
        """Every name a column has had, in lower case."""
        return [name.lower() for name in (column, *self.also_called.get(column, []))]

    @model_validator(mode="after")
    def _columns_agree(self):
        columns = [*self.filters, *self.ignored, *(name for names in self.indicators.values() for name in names)]
        spelt = [name for column in columns for name in self.spellings(column)]
        if len(set(spelt)) < len(spelt):
            raise ValueError(f"{self.name} names a column twice: {sorted({n for n in spelt if spelt.count(n) > 1})}")
        if stray := set(self.also_called) - set(columns):
            raise ValueError(f"{self.name}: also_called names no column {sorted(stray)}")
        if (self.period is None) == (self.period_is is None):
            raise ValueError(f"{self.name}: give the column of the period, or `period: null` and `period_is`")
        return self


class Publication(_Strict):
    """One series of published statistics."""

    name: Text
    title: Text
    publisher: Text
    licence: Text
    period_ends: PeriodEnds | None = None
    areas_rounded_to: int | None = None  # counts of regions and of England
    areas: Areas
    ignored: list[Text] = []
    datasets: list[Dataset]


class NoFigures(_Strict):
    """A kind of file that is known and holds no figures."""

    name: Text
    title: Text
    why: Text
    columns: list[Text] = []  # CSV or workbook: names that stand in it
    only_these: bool = False  # and no others
    begins: Text | None = None  # text: its first line

    @model_validator(mode="after")
    def _can_be_told(self):
        if bool(self.columns) == bool(self.begins):
            raise ValueError(f"{self.name}: give either columns or begins")
        return self


class _Meta(_Strict):
    publications: list[Publication]
    no_figures: list[NoFigures]

    @model_validator(mode="after")
    def _names_are_unique(self):
        for names in (
            [publication.name for publication in self.publications],
            [(publication.name, one.name) for publication in self.publications for one in publication.datasets],
            [one.name for one in self.no_figures],
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"a name stands twice: {sorted({n for n in names if names.count(n) > 1})}")
        return self


class _Config(_Strict):
    meta: _Meta


class _Source(_Strict):
    name: str
    description: str
    database: str
    schema_: str = Field(alias="schema")
    config: _Config
    tables: list[dict]


class _SourcesFile(_Strict):
    version: int
    sources: list[_Source]


class Official(_Strict):
    """All that is known of published statistics."""

    publications: list[Publication]
    no_figures: list[NoFigures]

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that change whenever the description of the files does."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]


@cache
def official(project: Path = PROJECT) -> Official:
    """The published statistics that are known. Raises SpecError with the place and what is wrong."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load((project / PATH).read_text(encoding="utf-8"), Loader=loader)
        (source,) = _SourcesFile.model_validate(document).sources
    except yaml.YAMLError as error:
        raise SpecError(f"{PATH.name}: not YAML ({error}).") from None
    except ValidationError as error:
        lines = (f"{PATH.name}: {' > '.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SpecError("\n".join(lines)) from error
    return Official(publications=source.config.meta.publications, no_figures=source.config.meta.no_figures)
