"""Young people who have left care: who is asked about each year, and what there is to say of them (OC3)."""

import numpy as np
import polars as pl

from synthetic import draw, targets
from synthetic.care_around import dates, numbers
from synthetic.care_lots import apportion, counts, pick
from synthetic.care_lots import draw as drawn
from synthetic.care_rows import Rows, age_at, between, birthday, born, day, size, stack, take
from synthetic.care_weights import WEIGHTS

WEEKS_AFTER_14 = 13  # in care, and some of it at 16 or later, to count as a care leaver
NOT_A_CARE_LEAVER = ["E3", "E2", "E11", "E12", "E15"]
GROUPS = {"17": (17, 18), "19": (19, 21)}  # ages that are published together
OLDER, OLDER_FROM = 0.15, 2023  # of those of 22 to 25, who ask for help, and the first return that has them
LEFT_OUT = 0.3  # of those who could be asked about but are not, who went home or died
FULL_TIME = 0.85


def live(
    lives: dict[str, pl.DataFrame], las: list[str], years: list[int], seed: int, scale: float
) -> tuple[pl.DataFrame, Rows]:
    """The rows of every year, and young people who had left care before the first one.

    The frame has `child_id`, `return_year`, `in_touch`, `activity`, `accommodation`; the other rows have `child`,
    `la`, `birth`, `began` and `left`.
    """
    wanted = targets.wanted("care_leavers", las, years, scale)
    people = _candidates(lives, las)
    first_child = next_child = (lives["children"]["child_id"].max() or 0) + 1
    told = []
    for year in years:
        rng = draw.generator(seed, "care", "leavers", year)
        own = wanted.filter(pl.col("return_year") == year)
        end, first = day(year, 3, 31), day(years[0] - 1, 4, 1)
        for name, (low, high) in GROUPS.items():
            chosen, spare = _choose(people, own[f"n_{name}"].to_numpy(), low, high, end, rng)
            missing = own[f"n_{name}"].to_numpy() - counts(people["la"][chosen], len(las))
            extra = _earlier(missing, low, high, end, first, next_child, rng)
            next_child += size(extra)
            chosen = np.concatenate([chosen, np.arange(size(extra)) + size(people)])
            people = stack(people, extra)
            people["told"][chosen] = True
            told.append(_say(take(people, chosen), own, name, year, rng))
            gone = spare[rng.random(len(spare)) < LEFT_OUT]
            told.append(_rows(people["child"][gone], year, pick(WEIGHTS["out_of_cohort"], len(gone), rng), "0", "0"))
        if year >= OLDER_FROM:
            age = age_at(people["birth"], end)
            asks = np.flatnonzero((age >= 22) & (age <= 25) & people["told"] & (people["lot"] < OLDER))
            told.append(_say(take(people, asks), own, "19", year, rng))
    frame = pl.concat(told).sort("return_year", "child_id")
    return frame, take(people, people["child"] >= first_child)


def _candidates(lives: dict[str, pl.DataFrame], las: list[str]) -> Rows:
    """Those of the lives who leave care old enough and after long enough."""
    periods = lives["periods"].filter(~pl.col("is_short_breaks")).sort("child_id", "start_date")
    last = periods.unique("child_id", keep="last", maintain_order=True)
    last = last.filter(pl.col("end_date").is_not_null(), ~pl.col("reason_ceased").is_in(NOT_A_CARE_LEAVER))
    last = last.join(lives["children"].select("child_id", "birth_date"), on="child_id", maintain_order="left")
    birth, began, left = (numbers(last, name) for name in ("birth_date", "start_date", "end_date"))
    rows = {
        "child": last["child_id"].to_numpy(),
        "la": np.searchsorted(las, last["la_code"].to_numpy()),
        "birth": birth,
        "began": began,
        "left": left,
    }
    fits = (left > birthday(birth, 16)) & (left - np.maximum(began, birthday(birth, 14)) >= 7 * WEEKS_AFTER_14)
    return _unknown(take(rows, fits))


def _unknown(rows: Rows) -> Rows:
    """The rows with `told`, whether anything was said of them yet, and `lot`, a lot that stays with the person."""
    return rows | {"told": np.zeros(size(rows), dtype=bool), "lot": (rows["child"] * 0.6180339887498949) % 1.0}


def _choose(people: Rows, number: np.ndarray, low: int, high: int, end: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """Positions of those asked about, rather who was asked about before, and of those who could have been."""
    age = age_at(people["birth"], end)
    able = (age >= low) & (age <= high) & (people["left"] <= birthday(people["birth"], age))
    chance = np.where(people["told"], 60.0, np.where(people["left"] >= birthday(people["birth"], 18), 10.0, 1.0))
    chosen = drawn(people["la"], number, able * chance, rng)
    return np.flatnonzero(chosen), np.flatnonzero(able & ~chosen)


def _earlier(missing: np.ndarray, low: int, high: int, end: int, first: int, child: int, rng) -> Rows:
    """Young people who had left care before the first year, as many as are missing."""
    la = np.repeat(np.arange(len(missing)), np.maximum(missing, 0))
    low = max(low, 16 + round((end - first + 1) / 365.25))  # they were 16 before the first year
    if low > high:
        la = la[:0]
    age = rng.integers(low, max(high, low) + 1, len(la))
    birth = born(age, end, rng)
    birth = np.minimum(birth, birthday(np.array([first]), -16)[0] - 40)
    earliest, latest = birthday(birth, 16) + 30, np.minimum(birthday(birth, 18), first - 1)
    left = np.where(rng.random(len(la)) < 0.8, latest, between(np.minimum(earliest, latest), latest, rng))
    began = np.maximum(left - 100 - rng.gamma(1.1, 900, len(la)).astype(int), birth)
    rows = {"child": child + np.arange(len(la)), "la": la, "birth": birth, "began": began, "left": left}
    return _unknown(rows)


def _rows(child: np.ndarray, year: int, touch, activity, accommodation) -> pl.DataFrame:
    columns = {"child_id": child, "return_year": year, "in_touch": touch}
    columns |= {"activity": activity, "accommodation": accommodation}
    schema = {"child_id": pl.Int64, "return_year": pl.Int32, **dict.fromkeys(list(columns)[2:], pl.String)}
    blocks = {name: np.broadcast_to(values, child.shape) for name, values in columns.items()}
    return pl.DataFrame(blocks).cast(schema)


def _say(people: Rows, own: pl.DataFrame, group: str, year: int, rng) -> pl.DataFrame:
    """What the return says of each, in the published proportions."""
    la, las, number = people["la"], own.height, size(people)
    have = counts(la, las)

    def figure(name: str) -> np.ndarray:
        return own[f"n_{group}_{name}"].to_numpy().astype(float)

    doing = apportion(np.stack([figure(n) for n in ("activity_unknown", "neet", "eet")], axis=1), have)
    everyone = np.maximum(own[f"n_{group}"].to_numpy().astype(float), 1)
    elsewhere = np.maximum(everyone - figure("accommodation"), 0)
    other = np.maximum(figure("accommodation") - figure("suitable"), 0)
    unknown = (
        other * figure("accommodation_unknown") / np.maximum(figure("accommodation_unknown") + figure("unsuitable"), 1)
    )
    housed = apportion(np.stack([elsewhere, unknown, other - unknown, figure("suitable")], axis=1), have)
    no_contact = np.maximum(figure("contact") - figure("in_touch"), 0)
    contact = apportion(np.stack([no_contact, figure("in_touch")], axis=1), have)[:, 0]
    # of those in touch everything is known, so as many are not in touch as have something unknown
    out = drawn(la, np.maximum(contact, np.maximum(doing[:, 0], housed[:, 1])), np.ones(number), rng)
    touch = np.where(out, pick(WEIGHTS["in_touch_no"], number, rng), "YES")
    idle = drawn(la, doing[:, 0], out.astype(float), rng)
    neet = drawn(la, doing[:, 1], (~idle).astype(float), rng)
    activity = np.where(idle, "0", np.where(neet, _neet(own, group, people, rng), _eet(own, group, year, number, rng)))
    lost = drawn(la, housed[:, 1], out * np.where(idle, 20.0, 1.0), rng)
    away = drawn(la, housed[:, 0], ~lost * np.where(out, 5.0, 1.0), rng)
    unfit = drawn(la, housed[:, 2], (~lost & ~away).astype(float), rng)
    home = pick(WEIGHTS["accommodation_young" if group == "17" else "accommodation"], number, rng)
    place = np.where(unfit, pick(WEIGHTS["accommodation_unsuitable"], number, rng), home)
    place = np.where(away, pick(WEIGHTS["accommodation_elsewhere"], number, rng), place)
    return _rows(people["child"], year, touch, activity, np.where(lost, "0", place))


def _eet(own: pl.DataFrame, group: str, year: int, number: int, rng) -> np.ndarray:
    """Codes of education, employment or training, as often as in London; apprenticeships apart from 2022."""
    kinds = {"1": "higher_education", "2": "education", "4": "apprenticeship", "5": "work"}
    weights = {code: float(own[f"n_{group}_{name}"].sum()) + 1 for code, name in kinds.items()}
    code = pick(weights, number, rng)
    code = np.where((year <= 2021) & np.isin(code, ["4", "5"]), "3", code)
    return np.char.add(np.where(rng.random(number) < FULL_TIME, "F", "P"), code)


def _neet(own: pl.DataFrame, group: str, people: Rows, rng) -> np.ndarray:
    kinds = {"G4": "neet_illness", "G5": "neet_other", "G6": "neet_parenting"}
    weights = {code: float(own[f"n_{group}_{name}"].sum()) + 1 for code, name in kinds.items()}
    return pick(weights, size(people), rng)


def before_the_years(earlier: Rows, las: list[str], next_period: int, rng) -> dict[str, pl.DataFrame]:
    """Periods and episodes of care of those who had left before the first year: one of each."""
    period = next_period + np.arange(size(earlier))
    common = {"child_id": earlier["child"], "start_date": dates(earlier["began"]), "end_date": dates(earlier["left"])}
    common |= {"period_id": period, "need": pick({"N1": 60, "N5": 15, "N4": 12, "N8": 13}, len(period), rng)}
    legal = np.where(rng.random(len(period)) < 0.4, "V2", "C2")
    supported = (rng.random(len(period)) < 0.5) & (earlier["began"] >= birthday(earlier["birth"], 16))
    place = np.where(supported, "H5", "U6")
    grown = earlier["left"] >= birthday(earlier["birth"], 18)
    reason = np.where(grown, np.where(place == "U6", "E17", "E5"), "E5")
    text = pl.lit(None, dtype=pl.String)
    base = pl.DataFrame(common | {"legal": legal, "place": place, "reason": reason})
    base = base.with_columns(la_code=pl.Series(np.array(las)[earlier["la"]]))
    return {
        "periods": base.select(
            "period_id", "child_id", "la_code", "start_date", "end_date", "need",
            reason_ceased="reason", start_legal_status="legal", is_short_breaks=pl.lit(False),
        ),
        "care_episodes": base.select(
            "period_id", "child_id", "start_date", "end_date", "need", rne=pl.lit("S"), legal_status="legal",
            placement_type="place", provider=pl.lit("PR4"), rec="reason", reason_place_change=text,
            home_postcode=text, placement_postcode=text, urn=text,
        ),
    }  # fmt: skip
