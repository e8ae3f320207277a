"""The looked-after return of a year: what it says of lives in care, as known on its 31 March."""

from datetime import date

import polars as pl

from loaders import spec
from synthetic.reports import as_recorded

REGISTERED = date(2023, 10, 28)  # supported accommodation is registered, and has a URN; independent living is no more
SUCCESSORS = {"H5": "K3", "P2": "K3", "Z1": "Z11"}  # placement codes, where the year does not know the first
NO_UPN = ["UN2", "UN2", "UN2", "UN3", "UN5"]  # why a child of school age has no number on record
WITHOUT_HOME = ["V3", "V4"]
TRUTH = ["_child_id", "_person_id", "_life"]


def rows(lives: dict[str, pl.DataFrame], la_code: str | None, year: int) -> dict[str, pl.DataFrame]:
    """One frame per table of the specification that the year knows; of all authorities where `la_code` is None.

    Columns: la_code, record (child of the file), row, parent (always null: a record has one header), those of the
    specification, and `_child_id`, `_person_id`, and for episodes `_life` (the period of care). `record` and `row`
    count from 1 in each authority. What lies after 31 March is blank, and so is what goes with it.
    """
    lives = as_recorded(lives)
    opening, closing = date(year - 1, 4, 1), date(year, 3, 31)
    children = lives["children"] if la_code is None else lives["children"].filter(la_code=la_code)
    touches = _touches(opening, closing)
    episodes = lives["care_episodes"].filter(touches | pl.col("is_told_late"))
    episodes = episodes.join(children.select("child_id"), on="child_id", how="semi", maintain_order="left")
    cared_for = episodes.filter(touches, ~pl.col("legal_status").is_in(WITHOUT_HOME))
    leavers = lives["leavers"].filter(pl.col("return_year") == year)
    alone = _touching(lives["uasc"], opening, closing).join(cared_for, on="child_id", how="semi", maintain_order="left")
    header = _header(children, episodes, cared_for, leavers, alone, closing, year)

    def of(name: str, *conditions: pl.Expr) -> pl.DataFrame:
        """Rows of a frame of the lives that hold, of children looked after in the year."""
        found = lives[name].filter(*conditions) if conditions else lives[name]
        return found.join(cared_for, on="child_id", how="semi", maintain_order="left")

    started = lives["periods"].filter(~pl.col("is_short_breaks"), pl.col("start_date").is_between(opening, closing))
    found = {
        "header": header,
        "episodes": _episodes(episodes, closing, year),
        "reviews": of("care_reviews", pl.col("review_date").is_between(opening, closing)).select(
            "child_id", REVIEW="review_date", REVIEW_CODE="review_code"
        ),
        "uasc": alone.select("child_id", DUC=_known("end_date", closing)),
        "oc2": _upper(of("health", pl.col("return_year") == year)),
        "oc3": leavers.select("child_id", IN_TOUCH="in_touch", ACTIV="activity", ACCOM="accommodation"),
        "ad1": _upper(of("adoptions", pl.col("adoption_date").is_between(opening, closing))),
        "placed_adoption": _decisions(of("adoption_decisions"), opening, closing),
        "prev_perm": _upper(
            lives["previous_permanence"].join(started, on="child_id", how="semi", maintain_order="left")
        ),
        "missing": _touching(of("missing"), opening, closing).select(
            "child_id", MISSING="missing", MIS_START="start_date", MIS_END=_known("end_date", closing)
        ),
        "sw_episodes": _workers(of("social_workers"), closing, year),
    }
    return _shaped(found, header, year)


def _touching(frame: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    """Spells with some day in the year, the day on which they end included."""
    return frame.filter(_touches(opening, closing))


def _touches(opening: date, closing: date) -> pl.Expr:
    return (pl.col("start_date") <= closing) & (pl.col("end_date").is_null() | (pl.col("end_date") >= opening))


def _known(name: str, closing: date, when: str | None = None) -> pl.Expr:
    """A value as far as its day had come."""
    return pl.when(pl.col(when or name) <= closing).then(name)


def _upper(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its columns named as the specification names them."""
    return frame.rename({name: name.upper() for name in frame.columns if name != "child_id"})


def _header(
    children: pl.DataFrame,
    episodes: pl.DataFrame,
    cared_for: pl.DataFrame,
    leavers: pl.DataFrame,
    alone: pl.DataFrame,
    closing: date,
    year: int,
) -> pl.DataFrame:
    """A row for every child with an episode in the year, or asked about as a care leaver, in the order of the file."""
    named = pl.concat([episodes.select("child_id"), leavers.select("child_id")]).unique()
    who = children.join(named, on="child_id", how="semi", maintain_order="left").sort(
        "la_code", "la_child_id", "child_id"
    )
    first = cared_for.group_by("child_id").agg(
        began=pl.col("start_date").max(), rne=pl.col("rne").sort_by("start_date").first()
    )
    who = who.join(first, on="child_id", how="left", maintain_order="left")
    who = who.join(alone.select("child_id", is_alone=pl.lit(True)), on="child_id", how="left", maintain_order="left")
    school_age = pl.col("birth_date").dt.offset_by("5y") <= closing
    just_come = (pl.col("rne") == "S") & (pl.col("began") > date(year, 3, 24))
    why_none = (
        pl.when(~school_age)
        .then(pl.lit("UN1"))
        .when(just_come.fill_null(False))
        .then(pl.lit("UN4"))
        .otherwise((pl.col("child_id") % len(NO_UPN)).replace_strict(dict(enumerate(NO_UPN)), return_dtype=pl.String))
    )
    girl = (pl.col("sex") == "F") & pl.col("began").is_not_null()
    baby = pl.when(girl & (pl.col("first_baby_date") <= closing)).then("first_baby_date")
    sex = pl.col("sex") if year >= 2025 else pl.col("sex").replace({"M": "1", "F": "2"})
    return who.select(
        "la_code",
        "child_id",
        _child_id="child_id",
        _person_id="person_id",
        record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"),
        CHILD="la_child_id",
        SEX=sex,
        DOB="birth_date",
        ETHNIC="ethnicity",
        UPN=pl.when(school_age & pl.col("upn").is_not_null()).then("upn").otherwise(why_none),
        MOTHER=pl.when(girl).then(baby.is_not_null().cast(pl.Int8).cast(pl.String)),
        MC_DOB=baby,
        UASC=pl.col("is_alone").fill_null(False).cast(pl.Int8).cast(pl.String),
    )


def _episodes(episodes: pl.DataFrame, closing: date, year: int) -> pl.DataFrame:
    codes = {code.code for code in spec.code_list("ssda903", "placement_type") if spec.within(code.years, year)}
    reasons = {code.code for code in spec.code_list("ssda903", "reason_place_change") if spec.within(code.years, year)}
    place = pl.col("placement_type").replace({old: new for old, new in SUCCESSORS.items() if old not in codes})
    goes_on = pl.col("end_date").is_null() | (pl.col("end_date") > REGISTERED)
    place = pl.when((place == "P2") & goes_on).then(pl.lit("H5")).otherwise(place)
    has_urn = (place != "P2") & ((place != "H5") | (goes_on & (year >= 2024)))
    changed = pl.col("reason_place_change")
    changed = pl.when(changed.is_in(list(reasons)) | changed.is_null()).then(changed).otherwise(pl.lit("OTHER"))
    ended = pl.col("end_date") <= closing
    return episodes.sort("child_id", "start_date", "period_id").select(
        "child_id",
        _life="period_id",
        DECOM="start_date",
        RNE="rne",
        LS="legal_status",
        CIN="need",
        PLACE=place,
        PLACE_PROVIDER="provider",
        DEC=_known("end_date", closing),
        REC=pl.when(ended).then("rec"),
        REASON_PLACE_CHANGE=pl.when(ended).then(changed),
        HOME_POST="home_postcode",
        PL_POST="placement_postcode",
        URN=pl.when(has_urn).then("urn"),
    )


def _decisions(decisions: pl.DataFrame, opening: date, closing: date) -> pl.DataFrame:
    """Decisions that held on some day of the year."""
    held = decisions.filter(
        pl.col("date_placed") <= closing, pl.col("date_ceased").is_null() | (pl.col("date_ceased") >= opening)
    )
    return held.select(
        "child_id",
        DATE_PLACED="date_placed",
        DATE_PLACED_CEASED=_known("date_ceased", closing),
        REASON_PLACED_CEASED=_known("reason_ceased", closing, when="date_ceased"),
    )


def _workers(spells: pl.DataFrame, closing: date, year: int) -> pl.DataFrame:
    """Spells with a worker; from 2025 on those of the year before too, and the reason from April 2023 on."""
    since = date(year - (2 if year >= 2025 else 1), 4, 1)
    asked = pl.lit(year < 2025) | (pl.col("start_date") >= date(2023, 4, 1))
    return _touching(spells, since, closing).select(
        "child_id",
        SW_ID="sw_id",
        SW_DECOM="start_date",
        SW_DEC=_known("end_date", closing),
        SW_REASON=pl.when(asked).then("reason"),
    )


def _shaped(found: dict[str, pl.DataFrame], header: pl.DataFrame, year: int) -> dict[str, pl.DataFrame]:
    """The frames with the columns that the year's tables have, those of the header where they repeat it."""
    shaped = {}
    for table in spec.returns()["ssda903"].tables:
        if table.name not in found or not spec.within(table.meta.years, year):
            continue
        frame, keys = found[table.name], ["la_code", "record", "_child_id", "_person_id"]
        names = [column.name for column in table.columns if spec.within(column.meta.years, year)]
        if table.name != "header":
            repeated = [name for name in ("CHILD", "SEX", "DOB") if name in names]
            frame = frame.join(header.select("child_id", *keys, *repeated), on="child_id", maintain_order="left").sort(
                "la_code", "record", maintain_order=True
            )
        frame = frame.with_columns(
            row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"), parent=pl.lit(None, dtype=pl.Int64)
        )
        truth = [name for name in TRUTH if name in frame.columns]
        shaped[table.name] = frame.select("la_code", "record", "row", "parent", *names, *truth)
    return shaped
