"""One year of care in every authority: who leaves, who comes in, and what holds for those looked after at its end.

Numbers come from the plan and are met exactly where the figures allow it; who it is falls by lot, the likelier the
sooner. Columns of the rows: `child`, `la`, `birth`, `sex`, `ethnicity`, `need` (positions in the plan's families),
`uasc`, and for those in care `period`, `began`, `legal`, `lawful` (since), `place`, `provider`, `placed` (since).
"""

import numpy as np

from synthetic import care_legal, care_moves, care_places
from synthetic.care_lots import apportion, counts, deal, draw, pick
from synthetic.care_plan import BANDS, FAMILIES, Plan
from synthetic.care_rows import Rows, Story, age_at, between, birthday, born, day, size, stack, take
from synthetic.care_weights import WEIGHTS

CELLS = 2 * len(BANDS)  # age band on 31 March, and whether unaccompanied and asylum-seeking
SHORT_STAYS = (0.08, 0.4)  # of starters, who leave within the same year: at least and at most
SHORT_AGES = np.array([0.5, 0.6, 0.8, 1.0, 1.0, 1.0])  # how likely, by age on leaving, that care had begun this year
RETURNING = 0.07  # of starters, who were looked after in an earlier year
AGE_OF_UASC = 0.87  # of those unaccompanied, who are 16 or 17


def cells(rows: Rows, end: int) -> np.ndarray:
    """Each row's cell: age band on the year's last day, and whether unaccompanied."""
    band = np.searchsorted(BANDS, age_at(rows["birth"], end), side="right") - 1
    return band * 2 + rows["uasc"]


def wanted_cells(plan: Plan, at: int) -> np.ndarray:
    """How many of each cell there should be on 31 March: a row an authority."""
    ages = apportion(plan.shares["age"][:, at], plan.stock[:, at])
    old = np.minimum(np.round(plan.uasc[:, at] * AGE_OF_UASC).astype(int), ages[:, 4])
    young = np.minimum(plan.uasc[:, at] - old, ages[:, 3])
    old = np.minimum(plan.uasc[:, at] - young, ages[:, 4])
    found = np.zeros((len(plan.las), CELLS), dtype=int)
    found[:, 0:10:2] = ages
    for cell, number in ((7, young), (9, old)):
        found[:, cell] = number
        found[:, cell - 1] -= number
    return found


def balance(plan: Plan, at: int, old: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many of each cell leave and how many come to stay, and how many come and leave within the year.

    What is there on 31 March is what was there, less those who leave, plus those who stay. Everybody who is 18 by
    then leaves; where too many of a cell would be left, more leave.
    """
    wanted = wanted_cells(plan, at)
    change = wanted - old
    least = np.maximum(-change, 0)
    leavers = np.maximum(plan.leavers[:, at], np.maximum(-change.sum(axis=1), 0))
    # those who are not here for twelve months came in the year, and those who came and left as well are the others
    came = leavers + change.sum(axis=1)
    pauses = np.minimum(plan.starts, plan.ends)[:, at] - np.minimum(came, leavers)
    short = came - (plan.stock - plan.twelve_months)[:, at] + np.maximum(pauses, 0)
    short = np.clip(short, *(np.round(share * came).astype(int) for share in SHORT_STAYS))
    short = np.clip(np.minimum(short, leavers - least.sum(axis=1)), 0, None)
    short = np.clip(np.minimum(short, came), 0, None)
    spare = np.maximum(leavers - short - least.sum(axis=1), 0)
    usual = _usual_leavers(plan, at, short)
    usual[:, 9] = np.maximum(0.4 * (plan.uasc_leavers[:, at] - old[:, 11]), 0.05 * old[:, 9])
    usual[:, 8] = np.maximum(usual[:, 8] - usual[:, 9], 0)
    leave = least.copy()
    for _ in range(6):  # what finds no room in its cell is shared again
        room = old - leave
        weights = np.where(room > 0, np.maximum(usual - leave, 0.02 * usual + 0.001), 0)
        extra = np.where(weights.sum(axis=1) > 0, spare, 0)
        more = np.minimum(apportion(np.where(extra[:, None] > 0, weights, 1), extra), room)
        leave, spare = leave + more, spare - more.sum(axis=1)
    return leave, change + leave, short


def _usual_leavers(plan: Plan, at: int, short: np.ndarray) -> np.ndarray:
    """How many of each cell usually leave before they are 18, less those who had come within the year."""
    ages = plan.shares["ceased_age"][:, at] * plan.ends[:, at][:, None]
    ages = np.maximum(ages[:, :6] - _short_stays(plan, at, short), 0)
    found = np.zeros((len(plan.las), CELLS))
    found[:, 0] = 0.35 * ages[:, 0]
    found[:, 2] = 0.65 * ages[:, 0] + 0.87 * ages[:, 1]
    found[:, 4] = 0.13 * ages[:, 1] + 0.9 * ages[:, 2]
    found[:, 6] = 0.1 * ages[:, 2] + 0.92 * ages[:, 3]
    found[:, 8] = 0.08 * ages[:, 3] + ages[:, 4] + 0.5 * ages[:, 5]
    return found


def _short_stays(plan: Plan, at: int, short: np.ndarray) -> np.ndarray:
    """How those who come and leave within a year are spread over the ages on leaving."""
    weights = plan.shares["ceased_age"][:, at, :6] * SHORT_AGES
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9) * short[:, None]


def choose_leavers(plan: Plan, at: int, stock: Rows, end: int, leave: np.ndarray, rng) -> np.ndarray:
    """Which of the stock leave: by cell, and rather those of whom the authority has more than it should have."""
    la, weight = stock["la"], np.ones(size(stock))
    groups = {name: (stock[name], plan.shares[name][:, at]) for name in ("sex", "ethnicity", "need")}
    legal = care_legal.groups(stock["legal"])
    groups["legal"] = legal, plan.shares["legal"][:, at]
    for part, shares in groups.values():
        had = counts(la * shares.shape[1] + part, shares.size).reshape(shares.shape)
        should = shares * plan.stock[:, at][:, None]
        weight *= np.clip(((had + 1) / (should + 1))[la, part], 0.2, 5) ** 2
    # those who are adopted are placed for adoption already, or else have long had a placement order
    adopted = apportion(plan.shares["ceased"][:, at], plan.ends[:, at])[:, FAMILIES["ceased"][2].index("adopted")]
    placed, ordered = np.char.startswith(stock["place"], "A"), stock["legal"] == "E1"
    ready = np.where(placed, 100.0, np.where(ordered & (stock["began"] < end - 400), 1.0, 0))
    chosen = draw(la, adopted, ready, rng)
    weight *= np.where(chosen, 1e5, np.where(placed, 1e-5, np.where(ordered, 0.2, 1)))
    weight *= np.where(stock["legal"] == "J1", 8, 1) * np.where(stock["began"] > end - 730, 1.6, 1)
    seventeen = np.maximum(age_at(stock["birth"], end) - 16, 0) == 1
    want, have = _want_of_17(plan, at), counts(la[seventeen], len(plan.las))
    weight *= np.where(seventeen, np.clip((have / np.maximum(want, 1))[la], 0.3, 3) ** 2, 1)
    return draw(la * CELLS + cells(stock, end), leave.ravel(), weight, rng)


def _want_of_17(plan: Plan, at: int) -> np.ndarray:
    """How many of the stock should be 17, so that next year as many reach 18 as leave at 18."""
    after = min(at + 1, len(plan.years) - 1)
    ages = plan.shares["ceased_age"][:, after] * np.minimum(plan.ends, plan.leavers)[:, after][:, None]
    share = np.clip(
        (0.93 * ages[:, 6] + 0.5 * ages[:, 5]) / np.maximum(wanted_cells(plan, at)[:, 8:10].sum(1), 1), 0, 1
    )
    return np.round(np.clip(share, 0.3, 0.85) * wanted_cells(plan, at)[:, 8:10].sum(axis=1)).astype(int)


def come(plan: Plan, at: int, kept: Rows, stay: np.ndarray, end: int, rng, former: Rows | None) -> Rows:
    """Those who come to stay until 31 March, with all that is theirs for good; `former` are children who may return."""
    number = stay.ravel()
    place = np.repeat(np.arange(number.size), number)
    la, cell = place // CELLS, place % CELLS
    uasc, band = cell % 2 == 1, cell // 2
    table = "age_of_starters" if size(kept) else "age_of_stock"
    age = np.zeros(len(la), dtype=int)
    for position, floor in enumerate(BANDS[:4]):
        own = np.flatnonzero(band == position)
        age[own] = pick(WEIGHTS[table][str(floor)], len(own), rng).astype(int)
    age = np.where(uasc & (band == 3), 15 - (rng.random(len(la)) < 0.25), age)
    have = age_at(kept["birth"], end) == 17
    after = min(at + 1, len(plan.years) - 1)
    old = number.reshape(stay.shape)[:, 9] + counts(kept["la"][cells(kept, end) == 9], len(plan.las))
    want_alone = np.round(np.clip(0.75 * plan.uasc_leavers[:, after], 0.35 * old, 0.9 * old)).astype(int)
    for alone, want in ((True, want_alone), (False, _want_of_17(plan, at) - want_alone)):
        teens = np.flatnonzero((band == 4) & (uasc == alone))
        missing = np.maximum(want - counts(kept["la"][have & (kept["uasc"] == alone)], len(plan.las)), 0)
        age[teens] = 16 + draw(la[teens], missing, np.ones(len(teens)), rng)
    rows = {"child": np.full(len(la), -1), "la": la, "birth": born(age, end, rng), "uasc": uasc}
    rows |= {"sex": np.full(len(la), -1), "ethnicity": np.full(len(la), -1)}
    if former is not None:
        _return(rows, former, end, rng)
    for name in ("sex", "ethnicity"):
        new = np.flatnonzero(rows[name] < 0)
        there = [take(kept, np.arange(size(kept))), take(rows, np.flatnonzero(rows[name] >= 0))]
        rows[name][new] = _traits(plan, at, name, there, take(rows, new), end, rng)
    rows["need"] = _traits(plan, at, "need", [kept], rows, end, rng)
    return rows


def _traits(plan: Plan, at: int, name: str, there: list[Rows], rows: Rows, end: int, rng) -> np.ndarray:
    """A part of the family for each new row, so that with those who are there it comes out as planned."""
    parts, shares = FAMILIES[name][2], plan.shares[name][:, at]
    have = sum(
        counts(old["la"] * len(parts) + old[name], shares.size).reshape(shares.shape) for old in there if size(old)
    )
    new = counts(rows["la"], len(plan.las))
    wanted = apportion(shares, plan.stock[:, at]) if size(rows) else np.zeros_like(shares)
    quotas = apportion(np.where((left := np.maximum(wanted - have, 0)).sum(1, keepdims=True) > 0, left, shares), new)
    chances = trait_chances(name, rows, end)
    fallback = np.argmax(chances * (shares[rows["la"]] + 1e-9), axis=1)
    return deal(rows["la"], quotas, chances, rng, fallback)


def trait_chances(name: str, rows: Rows, end: int) -> np.ndarray:
    """How likely each part of a family is for each row."""
    uasc, age = rows["uasc"], age_at(rows["birth"], end)
    one = np.ones(len(uasc))
    if name == "sex":
        return np.column_stack([np.where(uasc, 14, 1), one])
    if name == "ethnicity":
        asylum = {"unknown": 1, "other": 7, "asian": 3, "black": 2.5, "mixed": 0.1, "white": 1}
        return np.column_stack([np.where(uasc, asylum[part], 1.0) for part in FAMILIES[name][2]])
    chance = {
        "N8": np.where(uasc, 1000, np.where(age >= 10, 0.3, 0.1)),
        "N7": np.where(uasc, 0.01, 1),
        "N6": np.where(uasc, 0.001, np.where(age >= 10, 1, 0.001)),
        "N2": np.where(uasc, 0.0001, np.where(age >= 5, 1, 0.15)),
    }
    return np.column_stack([chance.get(part, np.where(uasc, 0.01, 1)) for part in FAMILIES[name][2]])


def _return(rows: Rows, former: Rows, end: int, rng):
    """Makes some of the newcomers children who were looked after in an earlier year."""
    again = np.flatnonzero(~rows["uasc"] & (rng.random(size(rows)) < RETURNING))
    key = rows["la"] * CELLS + cells(rows, end)
    old = rng.permutation(size(former))
    old_key = (former["la"] * CELLS + cells(former, end))[old]
    again, old = again[np.argsort(key[again], kind="stable")], old[np.argsort(old_key, kind="stable")]
    new_key, old_key = key[again], np.sort(old_key, kind="stable")
    turn = np.arange(len(again)) - np.searchsorted(new_key, new_key)
    found = np.searchsorted(old_key, new_key) + turn
    fits = found < np.searchsorted(old_key, new_key, side="right")
    for name in ("child", "birth", "sex", "ethnicity"):
        rows[name][again[fits]] = former[name][old[found[fits]]]


def come_and_go(plan: Plan, at: int, short: np.ndarray, leave: np.ndarray, end: int, rng) -> Rows:
    """Those who come and leave within the year; some of them because they reach 18."""
    ages = plan.shares["ceased_age"][:, at] * plan.ends[:, at][:, None]
    of_age = np.round(ages[:, 6] - leave[:, 10:12].sum(axis=1) + 0.5 * ages[:, 5]).astype(int)
    of_age = np.clip(of_age, 0, short // 2)
    alone = np.clip(plan.uasc_leavers[:, at] - leave[:, 1::2].sum(axis=1), 0, np.round(0.6 * short).astype(int))
    alone_of_age = np.minimum(of_age, np.round(0.6 * alone).astype(int))
    alone_young = np.minimum(alone - alone_of_age, short - of_age)
    ages = _short_stays(plan, at, short)
    weights = np.zeros((len(short), CELLS))
    weights[:, 0:8:2], weights[:, 8] = ages[:, :4], np.maximum(ages[:, 4] + ages[:, 5] - alone_young, 0.5)
    number = apportion(weights, short - of_age - alone_young)
    number[:, 9] += alone_young
    number[:, 10] += of_age - alone_of_age
    number[:, 11] += alone_of_age
    place = np.repeat(np.arange(number.size), number.ravel())
    la, cell = place // CELLS, place % CELLS
    band = cell // 2
    age = np.where(band == 4, 16 + rng.integers(0, 2, len(la)), np.where(band == 5, 18, 0))
    for position, floor in enumerate(BANDS[:4]):
        own = np.flatnonzero(band == position)
        age[own] = pick(WEIGHTS["age_of_starters"][str(floor)], len(own), rng).astype(int)
    uasc = cell % 2 == 1
    rows = {"child": np.full(len(la), -1), "la": la, "birth": born(age, end, rng), "uasc": uasc}
    early = (age == 18) & (birthday(rows["birth"], 18) < end - 345)
    rows["birth"] = rows["birth"] + np.where(early, 21, 0)
    for name in ("sex", "ethnicity", "need"):
        shares = plan.shares[name][:, at]
        quotas = apportion(shares, counts(la, len(short)))
        chances = trait_chances(name, rows, end)
        rows[name] = deal(la, quotas, chances, rng, np.argmax(chances * (shares[la] + 1e-9), axis=1))
    return rows


def start_days(rows: Rows, start: int, end: int, rng) -> np.ndarray:
    """When those who come start to be looked after: any day of the year; babies soon after birth."""
    days = between(np.full(size(rows), start), np.full(size(rows), end), rng)
    soon = rows["birth"] + np.minimum(rng.exponential(45, size(rows)), 300).astype(int)
    baby = age_at(rows["birth"], end) == 0
    return np.minimum(np.maximum(np.where(baby, soon, days), np.maximum(rows["birth"], start)), end)


def tell_starts(story: Story, rows: Rows):
    """Gives new children their number, tells who they are and that a period of care begins for each row."""
    new = rows["child"] < 0
    rows["child"][new] = story.number("children", new.sum())
    who = take(rows, new)
    story.tell("children", **{n: who[n] for n in ("child", "la", "birth", "sex", "ethnicity", "need", "uasc")})
    rows["period"] = story.number("periods", size(rows))
    story.tell("periods", period=rows["period"], child=rows["child"], start=rows["began"], need=rows["need"])


def first_stock(plan: Plan, end: int, rng, story: Story) -> Rows:
    """Those looked after on the 31 March before the first year, with a past that no return tells in full."""
    nobody = {
        **{name: np.array([], dtype=int) for name in ("la", "birth", "sex", "ethnicity", "need", "began")},
        "uasc": np.array([], dtype=bool),
        **{name: np.array([], dtype="U3") for name in ("legal", "place")},
    }
    rows = come(plan, 0, nobody, wanted_cells(plan, 0), end, rng, None)
    age = age_at(rows["birth"], end)
    longest = np.where(rows["uasc"], np.maximum(age - 13, 1) * 300, end - rows["birth"])
    held = np.minimum(rng.gamma(1.1, 950, size(rows)), np.maximum(longest, 1)).astype(int)
    rows["began"] = np.maximum(end - held, rows["birth"])
    care_legal.at_year_end(plan, 0, nobody, rows, end, rng)
    tell_starts(story, rows)
    care_moves.settle_first(plan, rows, end, rng, story)
    return rows


def live(plan: Plan, at: int, stock: Rows, former: Rows | None, rng, story: Story) -> tuple[Rows, Rows]:
    """The year of the plan's column `at`: who is looked after at its end, and who left in it and may come back."""
    year = plan.years[at]
    start, end = day(year - 1, 4, 1), day(year, 3, 31)
    cell = stock["la"] * CELLS + cells(stock, end)
    leave, stay, short = balance(plan, at, counts(cell, len(plan.las) * CELLS).reshape(-1, CELLS))
    leaves = choose_leavers(plan, at, stock, end, leave, rng)
    kept, left = take(stock, ~leaves), take(stock, leaves)
    new = come(plan, at, kept, stay, end, rng, former)
    brief = come_and_go(plan, at, short, leave, end, rng)
    new["began"] = start_days(new, start, end, rng)
    brief["began"] = start_days(brief, start, end - 25, rng)
    # most who come at 17 come early enough to be care leavers at 18
    before = np.where(rng.random(size(brief)) < 0.85, rng.integers(95, 200, size(brief)), 5)
    brief["began"] = np.minimum(brief["began"], np.maximum(birthday(brief["birth"], 18) - before, start))
    brief["birth"] = np.minimum(brief["birth"], brief["began"])
    care_legal.at_year_end(plan, at, kept, new, end, rng)
    care_legal.at_start(plan, at, new, brief, end, rng)
    for rows in (new, brief):
        tell_starts(story, rows)
        rows["lawful"] = rows["placed"] = rows["began"]
    brief["place"], brief["provider"] = care_places.first_place(age_at(brief["birth"], brief["began"]), rng)
    new["place"] = new["provider"] = np.full(size(new), "", dtype="U3")
    gone = stack(left | {"brief": np.full(size(left), False)}, brief | {"brief": np.full(size(brief), True)})
    care_moves.part(plan, at, gone, start, end, rng)
    back_kept, back_new, away = care_legal.back_again(plan, at, kept, new, gone, end, rng)
    rows = stack(
        kept | {"back": back_kept, "fresh": np.full(size(kept), False)},
        new | {"back": back_new, "fresh": np.full(size(new), True)},
    )
    pauses = take(rows, rows["back"]) | {"brief": np.full(rows["back"].sum(), False)}
    low = np.maximum(pauses["began"], start) + 5
    pauses["until"] = between(low, np.maximum(low, end - 40), rng)
    gone["reason"], paused = care_moves.reasons(plan, at, gone, pauses, end, year, rng)
    rows["until"], rows["reason"] = np.zeros(size(rows), dtype=int), np.full(size(rows), "", dtype="U3")
    rows["until"][rows["back"]], rows["reason"][rows["back"]] = pauses["until"], paused
    looked_after = care_moves.carry_on(plan, at, rows, start, end, rng, story)
    care_moves.leave(gone, away, start, end, rng, story)
    may_return = np.isin(gone["reason"], ["E4A", "E4B", "E13", "E41", "E8"]) & ~gone["uasc"]
    former = [part for part in (former, take(gone, may_return)) if part is not None]
    former = stack(*former)
    out = ~np.isin(former["child"], looked_after["child"])
    last = np.zeros(size(former), dtype=bool)
    last[size(former) - 1 - np.unique(former["child"][::-1], return_index=True)[1]] = True
    return looked_after, take(former, out & last)
