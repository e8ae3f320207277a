"""Values as people and spreadsheets damage them: which columns of a return each fault can befall, and how.

A fault is visible where a check of one field must find it: what staging repairs (small letters, spaces, `.0`, a time
of day) is not. A blank or a spoiled value is chosen so that it fails in its own column and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from loaders import spec
from loaders.spec import Column, Return, Table
from synthetic import files
from synthetic.files import XML_ONLY

CONDITIONAL = {  # return: columns that may be blank, but not where they have a value
    "cin": {
        ("child_identifiers", "PersonBirthDate"),
        ("cin_details", "PrimaryNeedCode"),
        ("cin_details", "CINclosureDate"),
        ("cin_details", "ReasonForClosure"),
    },
    "csww": {
        ("workers", "PersonBirthDate"),
        ("workers", "OrgRole"),
        ("workers", "FTE30"),
        ("workers", "LeaverDestination"),
        ("workers", "ReasonLeave"),
    },
    "ssda903": {
        ("header", "MC_DOB"),
        ("episodes", "DEC"),
        ("episodes", "REC"),
        ("placed_adoption", "REASON_PLACED_CEASED"),
    },
}
EXCUSES = {("sen2", "requests", "RequestOutcome"): ["H"]}  # codes for which other columns may be blank
HAS_PARTS = "has_parts"  # of a row: whether rows of other tables hang from it
NO_CODES = ["9Z", "ZZ", "99", "TBC", "N/A", "?"]
NO_DATES = ["not known", "TBC", "last Tuesday", "%d-%b-%Y", "%d %B %Y", "spreadsheet"]
NO_NUMBERS = ["1.5", "two", "n/k", "-1"]
BELOW_NONE = ["-1"]  # of these: a number, and wrong where a pattern says so
NO_BOOLEANS = ["Yes", "No", "Y", "N"]
CELL_ERRORS = ["#N/A", "#REF!", "#MULTIVALUE"]
OWN_WORDS = ["Y", "N", "True", "Not recorded", "NULL", "-", "nan", "CS Assessment Updated"]  # for a choice
IN_A_WORKBOOK = {"spreadsheet": "may be %d %b %Y"}  # where the number of a day is a day
SPREADSHEET_DAY_0 = 25569  # days from the day 0 of spreadsheets to 1 January 1970


@dataclass(frozen=True)
class Where:
    """A column of a return and year, and how dates are written there."""

    source: Return
    table: Table
    column: Column
    year: int
    dates: str

    @property
    def value(self) -> pl.Expr:
        """The value as it is."""
        return pl.col(self.column.name)

    @property
    def day(self) -> pl.Expr:
        """The value as a date."""
        return self.value.str.to_date(self.dates, strict=False)


@dataclass(frozen=True)
class Kind:
    """A way in which values are spoiled.

    `spoiled` is an expression over a row of the table, with a lot from 0 to 1 in `lot` and HAS_PARTS; null where the
    fault cannot befall the row (a blank is an empty text). `is_key` says that the new value must not be met in the
    column yet.
    """

    name: str
    is_visible: bool
    fits: Callable[[Where], bool]
    spoiled: Callable[[Where], pl.Expr]
    is_key: bool = False


def is_one_file(source: Return) -> bool:
    """Whether all of a submission is one file, a record for each child."""
    return files.is_xml(source.name)


def in_record(source: Return) -> list[Table]:
    """The tables whose rows belong to a child's record: all but what a file says of itself."""
    if not is_one_file(source):
        return source.tables
    return [table for table in source.tables if f"{table.meta.path}/".startswith(f"{source.meta.xml_record}/")]


def columns(kind: Kind, source: Return, year: int) -> list[tuple[str, str]]:
    """Tables and columns that a fault can befall: of the year, as they stand in the files, and not of a file itself."""
    return list(_columns(kind.name, source.name, year))


@cache
def _columns(kind_name: str, return_name: str, year: int) -> tuple[tuple[str, str], ...]:
    source, kind = spec.returns()[return_name], next(k for k in KINDS if k.name == kind_name)
    return tuple(
        (table.name, column.name)
        for table in source.tables
        for column in table.columns
        if spec.within(table.meta.years, year)
        and spec.within(column.meta.years, year)
        and _is_own(source, table, column)
        and kind.fits(Where(source, table, column, year, source.meta.date_format))
    )


def _is_own(source: Return, table: Table, column: Column) -> bool:
    """Whether the value stands with the row: not in a file's header, nor once above for many rows."""
    if (source.name, column.name) in XML_ONLY:
        return False
    if not is_one_file(source):
        return True
    return table in in_record(source) and f"{table.path(column)}/".startswith(f"{table.meta.path}/")


def _one_of(words: list[str]) -> pl.Expr:
    """One of the words by the row's lot."""
    return _place(len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _place(count: int) -> pl.Expr:
    return (pl.col("lot") * count).cast(pl.Int64)


def _codes(at: Where, in_year: bool) -> list[str]:
    listed = spec.code_list(at.source.name, at.column.meta.code_list)
    known = {code.code for code in listed if spec.within(code.years, at.year)}
    return sorted(known) if in_year else sorted({code.code for code in listed} - known)


def _unknown_code(at: Where) -> pl.Expr:
    spoiled = _one_of([code for code in NO_CODES if code not in _codes(at, in_year=True)])
    needed = EXCUSES.get((at.source.name, at.table.name, at.column.name), [])
    return pl.when(~at.value.is_in(needed)).then(spoiled)


def _in_words(at: Where) -> pl.Expr:
    forms = [IN_A_WORKBOOK.get(form, form) if _in_workbook(at) else form for form in NO_DATES]
    words = _one_of(forms)
    number = (at.day.cast(pl.Int32) + SPREADSHEET_DAY_0).cast(pl.String)
    chosen = pl.when(words == "spreadsheet").then(number).otherwise(words)
    for form in forms:
        if "%" in form:
            chosen = pl.when(words == form).then(at.day.dt.strftime(form)).otherwise(chosen)
    return pl.when(at.day.is_not_null()).then(chosen)


def _not_a_number(at: Where) -> pl.Expr:
    return _one_of([word for word in NO_NUMBERS if word not in BELOW_NONE or at.source.pattern(at.column)])


def _in_own_words(at: Where) -> pl.Expr:
    return _one_of([word for word in OWN_WORDS if word.upper() not in _codes(at, in_year=True)])


def _chosen_otherwise(at: Where) -> pl.Expr:
    """Without the letter before it or, of a code with its label, with a colon or the code alone."""
    bare = at.value.str.replace(r"^[a-z]{1,2}\) ", "")
    code = bare.str.extract(r"^([A-Z0-9]{1,4}) - ")
    forms = [bare, at.value.str.replace(" - ", ": ", literal=True), pl.coalesce(code, bare)]
    return pl.when(_place(3) == 0).then(forms[0]).when(_place(3) == 1).then(forms[1]).otherwise(forms[2])


def _with_time(at: Where) -> pl.Expr:
    return pl.concat_str(at.value, pl.lit("T00:00:00" if at.dates.startswith("%Y") else " 00:00"))


def _other_form(at: Where) -> pl.Expr:
    return at.day.dt.strftime("%d/%m/%Y" if at.dates.startswith("%Y") else "%Y-%m-%d")


def _blank(at: Where) -> pl.Expr:
    """Blank, if the row says something without it: else it would not be there."""
    if not is_one_file(at.source):
        return pl.lit("")
    own = [c.name for c in at.table.columns if _is_own(at.source, at.table, c) and spec.within(c.meta.years, at.year)]
    others = [pl.col(name).is_not_null() for name in own if name != at.column.name]
    return pl.when(pl.any_horizontal(*others, HAS_PARTS)).then(pl.lit(""))


def _conditional_blank(at: Where) -> pl.Expr:
    if at.column.name == "PrimaryNeedCode":
        return pl.when(pl.col("ReferralNFA") == "false").then(pl.lit(""))
    if at.column.name == "MC_DOB":
        return pl.when(pl.col("MOTHER") == "1").then(pl.lit(""))
    return pl.lit("")


def _cut(at: Where) -> pl.Expr:
    return pl.when(~at.value.str.starts_with("UN")).then(at.value.str.head(-1))


def _scientific(at: Where) -> pl.Expr:
    number = at.value.cast(pl.Float64, strict=False)
    power = at.value.str.len_chars().cast(pl.Int32) - 1
    mantissa = (number / pl.lit(10.0).pow(power)).round(5).cast(pl.String)
    text = pl.concat_str(mantissa, pl.lit("E+"), power.cast(pl.String).str.zfill(2))
    return pl.when(at.value.str.contains(r"^[1-9]\d{6,}$")).then(text)


def _spaced(at: Where) -> pl.Expr:
    around = [pl.concat_str(pl.lit(" "), at.value), pl.concat_str(at.value, pl.lit("  "))]
    plain = pl.when(_place(2) == 0).then(around[0]).otherwise(around[1])
    return pl.when(at.value.str.contains(" ")).then(at.value.str.replace(" ", "  ")).otherwise(plain)


def _last_day(at: Where) -> pl.Expr:
    return pl.date(at.year, 3, 31)


def _overlap(at: Where) -> pl.Expr:
    later = (at.day.cast(pl.Int32) + 1 + _place(10).cast(pl.Int32)).cast(pl.Date)
    return pl.when((pl.col("REC") == "X1") & (later <= _last_day(at))).then(later.dt.strftime(at.dates))


def _in_workbook(at: Where) -> bool:
    return files.is_workbook(at.source.name)


def _is_choice(at: Where) -> bool:
    return at.column.meta.type == "choice"


def _is_date(at: Where) -> bool:
    return at.column.meta.type == "date"


def _is_code(at: Where) -> bool:
    return at.column.meta.code_list is not None


def _is_id(at: Where) -> bool:
    return at.column.name == at.source.meta.person_id


def _has_pattern(at: Where) -> bool:
    return at.source.pattern(at.column) is not None


def _is_end_of_care(at: Where) -> bool:
    return (at.source.name, at.table.name, at.column.name) == ("ssda903", "episodes", "DEC")


def _changes_with_years(at: Where) -> bool:
    return _is_code(at) and bool(_codes(at, in_year=False))


def _is_text(at: Where) -> bool:
    return at.column.meta.type in ("code", "upn", "postcode") or _is_id(at) or at.column.name in ("SW_ID", "URN")


def _is_digits(at: Where) -> bool:
    return at.column.meta.type in ("code", "integer") or _is_id(at) or at.column.name == "URN"


KINDS = (
    Kind("code_unknown", True, _is_code, _unknown_code),
    Kind("code_out_of_years", True, _changes_with_years, lambda at: _one_of(_codes(at, in_year=False))),
    Kind(
        "date_impossible",
        True,
        _is_date,
        lambda at: at.day.dt.strftime(at.dates.replace("%d", "31").replace("%m", "02")),
    ),
    Kind("date_in_words", True, _is_date, _in_words),
    Kind(
        "date_month_first",
        True,
        _is_date,
        lambda at: pl.when(at.day.dt.day() > 12).then(at.day.dt.strftime("%m/%d/%Y")),
    ),
    Kind("date_other_form", False, _is_date, _other_form),
    Kind("date_with_time", False, _is_date, _with_time),
    Kind("mandatory_blank", True, lambda at: at.column.meta.required == "always" and not _is_id(at), _blank),
    Kind(
        "conditional_blank",
        True,
        lambda at: (at.table.name, at.column.name) in CONDITIONAL.get(at.source.name, ()),
        _conditional_blank,
    ),
    Kind("not_a_number", True, lambda at: at.column.meta.type == "integer", _not_a_number),
    Kind("not_true_or_false", True, lambda at: at.column.meta.type == "boolean", lambda at: _one_of(NO_BOOLEANS)),
    Kind(
        "cut_short",
        True,
        lambda at: at.column.meta.type in ("upn", "postcode") or at.column.name == "URN",
        _cut,
    ),
    Kind("id_scientific", True, lambda at: _is_id(at) and _has_pattern(at), _scientific, is_key=True),
    Kind(
        "id_zeros_lost",
        False,
        _is_id,
        lambda at: pl.when(at.value.str.contains(r"^0+[1-9]\d*$")).then(at.value.str.strip_chars_start("0")),
        is_key=True,
    ),
    Kind(
        "point_zero",
        False,
        _is_digits,
        lambda at: pl.when(at.value.str.contains(r"^\d+$")).then(pl.concat_str(at.value, pl.lit(".0"))),
    ),
    Kind("lower_case", False, _is_text, lambda at: at.value.str.to_lowercase()),
    Kind("spaces", False, lambda at: _is_text(at) or _is_date(at), _spaced),
    Kind("episode_zero_day", True, _is_end_of_care, lambda at: pl.col("DECOM")),
    Kind("episode_overlap", False, _is_end_of_care, _overlap),
    Kind(
        "cell_error",
        True,
        lambda at: _in_workbook(at) and at.column.meta.type in ("choice", "date", "integer", "decimal"),
        lambda at: _one_of(CELL_ERRORS),
    ),
    Kind("own_words", True, _is_choice, _in_own_words),
    Kind("chosen_otherwise", False, _is_choice, _chosen_otherwise),
)
