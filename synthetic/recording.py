"""What an authority's system holds otherwise than it was: valid values, and so faults that no single field betrays.

A child's details are wrong for up to three years on end, in both returns where the system is one; what a return says
of a spell that is open at the year end is revised by the next. Rates: `fault_rates.yml`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from loaders import spec
from synthetic import draw
from synthetic.people import LETTERS, check_letter
from synthetic.reports import as_recorded, year_of

Lives = dict[str, pl.DataFrame]
YEARS_WRONG = 3
MIGRATION_YEARS = (2022, 2026)
LAST_MONTH = 31  # days before the year end in which an end may come on record late
COLUMNS = {  # by return: where the details of a child stand; without a table, in each list that has the child
    "cin": {
        "la_child_id": ("child_identifiers", "LAchildID"),
        "upn": ("child_identifiers", "UPN"),
        "former_upn": ("child_identifiers", "FormerUPN"),
        "birth_date": ("child_identifiers", "PersonBirthDate"),
        "ethnicity": ("child_characteristics", "Ethnicity"),
        "sex": ("child_identifiers", "Sex"),
    },
    "ssda903": {
        "la_child_id": ("header", "CHILD"),
        "upn": ("header", "UPN"),
        "birth_date": ("header", "DOB"),
        "ethnicity": ("header", "ETHNIC"),
        "sex": ("header", "SEX"),
    },
    "sen2": {
        "upn": ("persons", "UPN"),
        "birth_date": ("persons", "PersonBirthDate"),
        "ethnicity": ("persons", "Ethnicity"),
        "sex": ("persons", "Sex"),
    },
    "annex_a": {
        "la_child_id": (None, "child_id"),
        "birth_date": (None, "birth_date"),
        "ethnicity": (None, "ethnicity"),
        "sex": (None, "gender"),
    },
}
NO_DATE = pl.lit(None, pl.Date)
OLD_SEX = {"M": "1", "F": "2"}
OTHER_SEX = {  # by return: the field and the codes, other than those of the lives, that it has before a year
    "cin": ("GenderCurrent", OLD_SEX, 2025),
    "ssda903": ("SEX", OLD_SEX, 2025),
    "sen2": ("GenderCurrent", OLD_SEX, 2024),
    "annex_a": ("gender", {"M": "MALE", "F": "FEMALE"}, 9999),
}
FAULTS = {  # `day` is that on which the spell begins, null for a child's details; without a table, listed once a child
    **{"fault": pl.String, "la_code": pl.String, "return_name": pl.String, "return_year": pl.Int64},
    **{"table": pl.String, "column": pl.String, "day": pl.Date, "child_id": pl.Int64},
    **{"true_value": pl.String, "value": pl.String},
}


def rates(error_rate: float = 1.0) -> dict[str, float]:
    """How often each fault happens, by its name: the rates of `fault_rates.yml` times `error_rate`, at most 1."""
    return {name: min(1.0, about["rate"] * error_rate) for name, about in faults().items()}


@cache
def faults() -> dict[str, dict]:
    """Every fault by its name, with `rate` at an error rate of 1, `of` what it is a share, and what it `says`."""
    return yaml.safe_load(Path(__file__).with_name("fault_rates.yml").read_text(encoding="utf-8"))


def recorded(
    lives: Lives, return_name: str, said: int | date, rates: Mapping[str, float], seed: int
) -> tuple[Lives, pl.DataFrame]:
    """The lives as the systems hold them when a return of a year or a day is made, and what differs from the truth.

    `children` gains `former_upn`; `episodes` and `care_episodes` gain `is_told_late`: the spell ended in the year
    before, its last return had it open, and so this one tells of it again. The faults have the columns of FAULTS, a
    row for each value that a report of these lives can show; whether it does is for `damage` to see. Of workers
    nothing is recorded otherwise.
    """
    lives = as_recorded(lives | {"children": lives["children"].sort("child_id")})
    if not any(rates.values()) or return_name not in COLUMNS:
        return lives, pl.DataFrame(schema=FAULTS)
    system = _System(lives, return_name, said, rates, seed)
    if "la_child_id" in COLUMNS[return_name]:
        system.references()
    if "upn" in COLUMNS[return_name]:
        system.pupil_numbers()
    system.details()
    if return_name == "cin":
        system.needs()
    elif return_name == "ssda903":
        system.cares()
    return system.lives, pl.concat(system.faults) if system.faults else pl.DataFrame(schema=FAULTS)


class _System:
    """The lives of which one recording difference after another is made, and the list of them."""

    def __init__(self, lives: Lives, return_name: str, said: int | date, rates: Mapping[str, float], seed: int):
        self.lives, self.return_name, self.rates, self.seed = lives, return_name, rates, seed
        self.year = year_of(said) if isinstance(said, date) else said
        self.end = pl.lit(said if isinstance(said, date) else date(said, 3, 31))
        self.faults: list[pl.DataFrame] = []

    def _rng(self, *names: str | int) -> np.random.Generator:
        return draw.generator(self.seed, "recording", *names)

    def _spell_lots(self, name: str, *more: str) -> pl.Series:
        """A lot for each child that stays the same for three years, not the same three for every child."""
        count, first = self.lives["children"].height, self.year // YEARS_WRONG
        late = self._rng(name, *more, "offset").integers(0, YEARS_WRONG, count) + self.year % YEARS_WRONG >= YEARS_WRONG
        now, next_ = (self._rng(name, *more, first + later).random(count) for later in (0, 1))
        return pl.Series(np.where(late, next_, now))

    def _drawn(self, lots: pl.Series, rows: pl.DataFrame, able: pl.Expr, rate: float, above: float = 0.0) -> pl.Series:
        """Which rows a fault befalls: of those able the share `rate`, and at least one where any is able."""
        found = rows.select(able=able.fill_null(value=False), lot=lots)
        within = pl.col("lot").is_between(above, above + rate, closed="left")
        nearest = (pl.col("lot") - above).abs()
        first = nearest == nearest.filter(pl.col("able")).min()
        return found.select(pl.col("able") & (within | first) & pl.lit(rate > 0))["able"]

    def _change(
        self, name: str, frame: str, column: str, drawn: pl.Series, value: pl.Expr, place: tuple, blank: Sequence = ()
    ):
        """Puts `value` where `drawn` is true in a column of a frame, blanks other columns there, and lists it.

        The value may use `chance`, a whole number by lot that a row keeps from year to year.
        """
        rows = self.lives[frame]
        chance = self._rng(name, column, "chance").integers(0, 2**31, rows.height)
        at = drawn.arg_true()
        hit = rows[at].with_columns(chance=pl.Series(chance[at.to_numpy()]), at=at).with_columns(changed=value)
        hit = hit.filter(pl.col(column).ne_missing(pl.col("changed")))
        if not hit.height:
            return
        self._list(name, hit, column, *place)
        put = [rows[column].scatter(hit["at"], hit["changed"])]
        put += [rows[other].scatter(hit["at"], None) for other in blank]
        self.lives = self.lives | {frame: rows.with_columns(put)}

    def _list(self, name: str, hit: pl.DataFrame, column: str, table: str, to: str, day: str | None = None):
        if "la_code" not in hit.columns:
            hit = hit.join(self.lives["children"].select("child_id", "la_code"), on="child_id", maintain_order="left")
        self.faults.append(
            hit.select(
                fault=pl.lit(name),
                la_code="la_code",
                return_name=pl.lit(self.return_name),
                return_year=pl.lit(self.year, pl.Int64),
                table=pl.lit(table),
                column=pl.lit(to),
                day=pl.col(day) if day else pl.lit(None, pl.Date),
                child_id=pl.col("child_id"),
                true_value=pl.col(column).cast(pl.String),
                value=pl.col("changed").cast(pl.String),
            )
        )

    def _change_child(self, name: str, column: str, drawn: pl.Series, value: pl.Expr):
        self._change(name, "children", column, drawn, value, COLUMNS[self.return_name][column])

    def references(self):
        """References of children by a new system, or in another form in one return."""
        moved = self._authorities("child_ids_migrated")
        number = 3_000_000 + 7 * pl.col("chance").rank("ordinal").over("la_code").cast(pl.Int64)
        hit = self.lives["children"]["la_code"].is_in(moved.implode())
        self._change_child("child_ids_migrated", "la_child_id", hit, number.cast(pl.String))
        written = self._authorities("child_ids_other_form", self.return_name)
        hit = self.lives["children"]["la_code"].is_in(written.implode())
        old = pl.col("la_child_id")
        prefixed = pl.col("la_code").str.tail(1).cast(pl.Int64) % 2 == 0
        form = pl.when(prefixed).then(pl.concat_str(pl.lit("LB"), old)).otherwise(old.str.zfill(10))
        self._change_child("child_ids_other_form", "la_child_id", hit, form)

    def _authorities(self, name: str, *more: str) -> pl.Series:
        """The authorities that a change has befallen by this year."""
        las = self.lives["children"].select("la_code").unique().sort("la_code")
        rng = self._rng(name, *more)
        changed = pl.Series(rng.integers(MIGRATION_YEARS[0], MIGRATION_YEARS[1] + 1, las.height))
        lots = pl.Series(rng.random(las.height))
        drawn = self._drawn(lots, las, pl.lit(value=True), self.rates[name])
        return las.filter(drawn & (changed <= self.year))["la_code"]

    def pupil_numbers(self):
        """UPNs of children of school age: at most one thing is wrong with each."""
        lots, above = self._spell_lots("upn"), 0.0
        able = pl.col("upn").is_not_null() & (pl.col("birth_date").dt.offset_by("5y") <= self.end)
        true = self.lives["children"]
        for name, column, value in (
            ("upn_missing", "upn", pl.lit(None, pl.String)),
            ("upn_temporary", "upn", temporary_upn(pl.col("upn"), pl.col("chance"))),
            ("upn_old_sent", "upn", old_upn(pl.col("upn"), pl.col("chance"))),
            ("upn_mistyped", "upn", mistyped_upn(pl.col("upn"), pl.col("chance"))),
            ("upn_former_given", "former_upn", temporary_upn(pl.col("upn"), pl.col("chance"))),
        ):
            if column in COLUMNS[self.return_name]:
                drawn = self._drawn(lots, true, able & self._unlisted("upn"), self.rates[name], above)
                self._change_child(name, column, drawn, value)
            above += self.rates[name]

    def _unlisted(self, kind: str) -> pl.Expr:
        """Of children of whom no fault of a kind is listed yet."""
        listed = [part["child_id"] for part in self.faults if part["fault"][0].startswith(kind)]
        return ~pl.col("child_id").is_in(pl.concat(listed).implode()) if listed else pl.lit(value=True)

    def details(self):
        """Birth dates, ethnic groups and sexes."""
        children = self.lives["children"]
        day, month, year = (getattr(pl.col("birth_date").dt, part)() for part in ("day", "month", "year"))
        first = children.join(self._first_days(), on="child_id", how="left", maintain_order="left")["first"]
        not_leap = pl.when(month == 2).then(pl.min_horizontal(day, 28)).otherwise(day)
        for name, value in (
            ("birth_date_swapped", pl.date(year, pl.min_horizontal(day, 12), month)),
            ("birth_year_wrong", pl.date(year + 1 - day % 2 * 2, month, not_leap)),
            ("birth_date_typo", pl.date(year, month, pl.when(day <= 18).then(day + 10).otherwise(day - 10))),
        ):
            rows = self.lives["children"].select("child_id", "birth_date", first=first)
            able = (pl.col("birth_date") <= pl.col("first")) & (value <= pl.col("first")) & self._unlisted("birth")
            if name == "birth_date_swapped":
                able &= (day <= 12) & (day != month)
            drawn = self._drawn(self._spell_lots(name), rows, able, self.rates[name])
            self._change_child(name, "birth_date", drawn, value)
        born = pl.col("birth_date") <= self.end
        codes = _codes(self.return_name, "ethnicity", self.year)
        codes += ["NOBT"] * len(codes)  # half of them are put down as not yet known
        lots, rate = self._spell_lots("ethnicity", self.return_name), self.rates["ethnicity_differs"]
        drawn = self._drawn(lots, children, born, rate)
        self._change_child("ethnicity_differs", "ethnicity", drawn, _pick(codes))
        drawn = self._drawn(self._spell_lots("sex", self.return_name), children, born, self.rates["sex_differs"])
        self._change_child("sex_differs", "sex", drawn, pl.col("sex").replace({"M": "F", "F": "M"}))
        self._sex_as_coded()

    def _sex_as_coded(self):
        """Lists a sex by the codes and the field of the year."""
        column, codes, until = OTHER_SEX[self.return_name]
        if self.year < until and self.faults and self.faults[-1]["fault"][0] == "sex_differs":
            self.faults[-1] = self.faults[-1].with_columns(
                pl.col("true_value", "value").replace(codes), column=pl.lit(column)
            )

    def _first_days(self) -> pl.DataFrame:
        """The first day on which something is told of a child: child_id, first."""
        days = [
            self.lives["episodes"].select("child_id", first="referral_date"),
            self.lives["periods"].select("child_id", first="start_date"),
        ]
        return pl.concat(days).group_by("child_id", maintain_order=True).agg(pl.col("first").min())

    def _befallen(self, name: str, frame: str, able: pl.Expr, year: int) -> pl.Series:
        """Which rows of a frame a fault of one year befalls."""
        lots = pl.Series(self._rng(name, year).random(self.lives[frame].height))
        return self._drawn(lots, self.lives[frame], able, self.rates[name])

    def _revise(self, name: str, frame: str, column: str, able: pl.Expr, codes: list[str], place: tuple):
        """Another code than the one that later returns have."""
        drawn = self._befallen(name, frame, able & pl.col(column).is_not_null(), self.year)
        other = pl.when(_pick(codes) == pl.col(column)).then(_pick(codes[1:] + codes[:1])).otherwise(_pick(codes))
        self._change(name, frame, column, drawn, other, place)

    def _sorted(self, frame: str, *by: str):
        self.lives = self.lives | {frame: self.lives[frame].sort(*by, maintain_order=True)}

    def needs(self):
        """Episodes of need and child protection plans."""
        self._sorted("episodes", "episode_id")
        self._sorted("cp_plans", "plan_id")
        closed = pl.col("closure_date")
        is_open = (pl.col("referral_date") <= self.end) & (closed.is_null() | (closed > self.end)) & ~pl.col("is_nfa")
        at = ("cin_details", "PrimaryNeedCode", "referral_date")
        needs = _codes("cin", "primary_need", self.year)
        self._revise("primary_need_revised", "episodes", "primary_need", is_open, needs, at)
        at = ("cin_details", "ReferralSource", "referral_date")
        sources = _codes("cin", "referral_source", self.year)
        self._revise("referral_source_revised", "episodes", "source", is_open, sources, at)
        self._close_late()
        plans = self.lives["cp_plans"].join(
            self.lives["episodes"].select("episode_id", "child_id"), on="episode_id", how="left", maintain_order="left"
        )
        self.lives = self.lives | {"cp_plans": plans}
        ended = pl.col("end_date")
        is_open = (pl.col("start_date") <= self.end) & (ended.is_null() | (ended > self.end))
        at = ("child_protection_plans", "InitialCategoryOfAbuse", "start_date")
        categories = _codes("cin", "category_of_abuse", self.year)
        self._revise("category_revised", "cp_plans", "initial_category", is_open, categories, at)
        self.lives = self.lives | {"cp_plans": self.lives["cp_plans"].drop("child_id")}

    def _close_late(self):
        again = pl.col("referral_date").max().over("child_id") > pl.col("referral_date")
        known = pl.col("closure_reason").is_in(["RC1", "RC2"])  # an adoption or a death is known
        able = ~again & ~pl.col("is_nfa") & ~known
        last, now = (
            self._befallen("closed_late", "episodes", able & _in_last_month("closure_date", year), year)
            for year in (self.year - 1, self.year)
        )
        at = ("cin_details", "CINclosureDate", "referral_date")
        self.lives = self.lives | {"episodes": self.lives["episodes"].with_columns(is_told_late=last)}
        self._change("closed_late", "episodes", "closure_date", now, NO_DATE, at, ["closure_reason"])

    def cares(self):
        """Episodes of care, and the periods whose end is not on record."""
        self._sorted("care_episodes", "period_id", "start_date")
        ended = pl.col("end_date")
        is_open = (pl.col("start_date") <= self.end) & (ended.is_null() | (ended > self.end))
        at = ("episodes", "CIN", "start_date")
        needs = _codes("ssda903", "category_of_need", self.year)
        self._revise("category_of_need_revised", "care_episodes", "need", is_open, needs, at)
        providers = [code for code in _codes("ssda903", "placement_provider", self.year) if code != "PR0"]
        at = ("episodes", "PLACE_PROVIDER", "start_date")
        is_placed = is_open & (pl.col("provider") != "PR0")
        self._revise("provider_revised", "care_episodes", "provider", is_placed, providers, at)
        self._cease_late()

    def _cease_late(self):
        born = self.lives["children"].select("child_id", "birth_date")
        joined = self.lives["care_episodes"].join(born, on="child_id", how="left", maintain_order="left")
        self.lives = self.lives | {"care_episodes": joined}
        again = pl.col("start_date").max().over("child_id") > pl.col("start_date")
        known = pl.col("rec").is_in(["E11", "E12", "E2"])  # an adoption or a death is known
        young = pl.col("birth_date").dt.offset_by("17y") > pl.col("end_date")
        last, now = (
            self._befallen(
                "ceased_late", "care_episodes", ~again & ~known & young & _in_last_month("end_date", year), year
            )
            for year in (self.year - 1, self.year)
        )
        rows = joined.drop("birth_date").with_columns(is_told_late=last)
        self.lives = self.lives | {"care_episodes": rows}
        at = ("episodes", "DEC", "start_date")
        self._change("ceased_late", "care_episodes", "end_date", now, NO_DATE, at, ["rec", "reason_place_change"])
        hit = pl.col("period_id").is_in(rows.filter(now)["period_id"].implode())
        periods = self.lives["periods"].with_columns(
            end_date=pl.when(~hit).then("end_date"), reason_ceased=pl.when(~hit).then("reason_ceased")
        )
        self.lives = self.lives | {"periods": periods}


def _in_last_month(day: str, year: int) -> pl.Expr:
    end = date(year, 3, 31)
    return pl.col(day).is_between(end - timedelta(LAST_MONTH), end)


def _codes(return_name: str, list_name: str, year: int) -> list[str]:
    return [code.code for code in spec.code_list(return_name, list_name) if spec.within(code.years, year)]


def _pick(codes: list[str]) -> pl.Expr:
    """One of the codes by the row's chance."""
    return (pl.col("chance") % len(codes)).replace_strict(dict(enumerate(codes)), return_dtype=pl.String)


def temporary_upn(upn: pl.Expr, chance: pl.Expr) -> pl.Expr:
    """A temporary pupil number of the same school: its last character a letter, its check letter right."""
    digits, letter = upn.str.slice(1, 11), chance % len(LETTERS)
    with_zero = check_letter(pl.concat_str(digits, pl.lit("0"))).replace_strict(
        {letter: place for place, letter in enumerate(LETTERS)}, return_dtype=pl.Int64
    )
    first = ((with_zero + 13 * letter) % len(LETTERS)).replace_strict(dict(enumerate(LETTERS)), return_dtype=pl.String)
    return pl.concat_str(first, digits, letter.replace_strict(dict(enumerate(LETTERS)), return_dtype=pl.String))


def old_upn(upn: pl.Expr, chance: pl.Expr) -> pl.Expr:
    """Another valid pupil number, of a school of the same authority."""
    school = (8000 + chance % 1000).cast(pl.String)
    digits = pl.concat_str(upn.str.slice(1, 3), school, upn.str.slice(8, 5))
    return pl.concat_str(check_letter(digits), digits)


def mistyped_upn(upn: pl.Expr, chance: pl.Expr) -> pl.Expr:
    """The pupil number with two digits side by side swapped or, where they are alike or by lot, one digit wrong."""
    at = 1 + (chance // 2) % 11
    one, two = (upn.str.slice(place, 1) for place in (at, at + 1))
    wrong = ((one.cast(pl.Int64) + 1 + chance % 9) % 10).cast(pl.String)
    swapped = pl.concat_str(upn.str.slice(0, at), two, one, upn.str.slice(at + 2))
    typo = pl.concat_str(upn.str.slice(0, at), wrong, upn.str.slice(at + 1))
    return pl.when((one != two) & (chance % 2 == 0)).then(swapped).otherwise(typo)
