"""When things change within a year: moves, orders, ends of care and returns to it, told as days."""

import numpy as np

from synthetic import care_places
from synthetic.care_lots import apportion, counts, deal, draw, pick
from synthetic.care_plan import FAMILIES, Plan
from synthetic.care_rows import Rows, Story, age_at, between, birthday, size, stack, take
from synthetic.care_weights import WEIGHTS

MOST_MOVES = 8
REASONS = FAMILIES["ceased"][2]
HOME = ["home_planned", "home_unplanned", "relatives"]


def settle_first(plan: Plan, rows: Rows, end: int, rng, story: Story):
    """What holds for the first stock on its 31 March, and since when."""
    number = size(rows)
    rows |= {"fresh": np.full(number, True), "back": np.full(number, False), "moves": np.full(number, 1)}
    rows |= {"place": np.full(number, "", dtype="U3"), "provider": np.full(number, "", dtype="U3")}
    rows["same_carer"] = np.full(number, False)
    rows["to_adopters"] = rows["legal_after"] == "E1"
    care_places.place_at_year_end(plan, 0, rows, end, rng)
    rows["place"], rows["provider"], rows["legal"] = rows["place_after"], rows["provider_after"], rows["legal_after"]
    held = end - rows["began"]
    rows["placed"] = rows["began"] + np.where(rng.random(number) < 0.35, 0, held * rng.beta(1.0, 1.3, number)).astype(
        int
    )
    rows["lawful"] = rows["began"] + np.where(rows["uasc"], 0, held * rng.beta(1.2, 2.5, number)).astype(int)
    adopting, ordered = np.char.startswith(rows["place"], "A"), rows["legal"] == "E1"
    rows["lawful"] = np.where(ordered, rows["began"] + (held * 0.5).astype(int), rows["lawful"])
    rows["placed"] = np.where(adopting, rows["began"] + (held * 0.75).astype(int), rows["placed"])
    of_age = birthday(rows["birth"], 16)
    supported = np.isin(rows["place"], ["H5", "P2"])
    rows["placed"] = np.where(supported & (rows["placed"] < of_age), np.minimum(of_age, end), rows["placed"])
    rows["placed"] = np.where(rows["place"] == "P1", np.maximum(rows["placed"], rows["lawful"]), rows["placed"])
    urgent = rows["legal"] == "L2"
    rows["lawful"] = np.where(urgent, rows["began"], rows["lawful"])
    earlier = np.flatnonzero(rows["lawful"] > rows["began"])
    first = np.where(np.isin(rows["legal"][earlier], ["C1", "E1", "C2"]), "V2", "C1")
    first = np.where((rows["legal"][earlier] == "V2") | (rows["legal"][earlier] == "J1"), "V2", first)
    ordered = np.isin(rows["legal"][earlier], ["C2", "E1"])
    first = np.where(ordered, "C1", first)
    story.tell("legal", period=rows["period"][earlier], day=rows["began"][earlier], legal=first)
    story.tell("legal", period=rows["period"], day=rows["lawful"], legal=rows["legal"])
    earlier = np.flatnonzero(rows["placed"] > rows["began"])
    place, provider = care_places.first_place(age_at(rows["birth"][earlier], rows["began"][earlier]), rng)
    _tell_stays(story, rows["period"][earlier], rows["began"][earlier], place, provider)
    _tell_stays(story, rows["period"], rows["placed"], rows["place"], rows["provider"])


def _tell_stays(story: Story, period, days, place, provider, same=None):
    same = np.full(len(period), False) if same is None else same
    story.tell(
        "stays", period=period, day=days, place=np.asarray(place, "U3"), provider=np.asarray(provider, "U3"), same=same
    )


def carry_on(plan: Plan, at: int, rows: Rows, start: int, end: int, rng, story: Story) -> Rows:
    """Those looked after on 31 March, with what held for them in the year; gives them as they then are.

    `rows` are those kept and those new (`fresh`), with `legal` and `legal_after`, and `back` for those who were out
    of care for a while; `until` and `reason` say how the care before that ended.
    """
    care_places.decide_moves(plan, at, rows, end, rng)
    rows["moves"] = np.where(rows["back"], 0, rows["moves"])
    care_places.place_at_year_end(plan, at, rows, end, rng)
    fresh = rows["fresh"]
    place, provider = care_places.first_place(age_at(rows["birth"], rows["began"]), rng)
    straight = fresh & (rows["moves"] == 0) & ~rows["back"]
    rows["place"] = np.where(straight, rows["place_after"], np.where(fresh, place, rows["place"]))
    rows["provider"] = np.where(straight, rows["provider_after"], np.where(fresh, provider, rows["provider"]))
    # only a child under an order can be placed with parents
    rows["legal"] = np.where(straight & (rows["place"] == "P1"), rows["legal_after"], rows["legal"])
    new = take(rows, fresh)
    story.tell("legal", period=new["period"], day=new["began"], legal=new["legal"])
    _tell_stays(story, new["period"], new["began"], new["place"], new["provider"])
    rows["from"] = np.maximum(rows["began"], start)
    steady = ~rows["back"]
    going = take(rows, steady)
    going["until"] = np.full(size(going), end + 1)
    tell_path(going, rng, story)
    for name in ("lawful", "placed"):
        rows[name][steady] = going[name]
    _come_back(take(rows, ~steady), rows, np.flatnonzero(~steady), end, rng, story)
    rows["legal"], rows["place"], rows["provider"] = rows["legal_after"], rows["place_after"], rows["provider_after"]
    return rows


def _come_back(gone: Rows, rows: Rows, where: np.ndarray, end: int, rng, story: Story):
    """Ends a first period of care in the year and begins a second one, that lasts."""
    again = between(gone["until"] + 4, np.maximum(np.full(size(gone), end - 4), gone["until"] + 4), rng)
    story.tell("ends", period=gone["period"], end=gone["until"], reason=gone["reason"])
    rows["period"][where] = story.number("periods", size(gone))
    rows["began"][where] = rows["lawful"][where] = rows["placed"][where] = again
    story.tell("periods", period=rows["period"][where], child=gone["child"], start=again, need=gone["need"])
    story.tell("legal", period=rows["period"][where], day=again, legal=gone["legal_after"])
    _tell_stays(story, rows["period"][where], again, gone["place_after"], gone["provider_after"])


def tell_path(rows: Rows, rng, story: Story):
    """Tells changes of legal status and placement between `from` and `until`, and sets `lawful` and `placed`."""
    number = size(rows)
    first, last = rows["from"] + 1, rows["until"] - 2
    after_order = (rows["moves"] > 0) & np.isin(care_places.groups(rows["place_after"]), [0, 1])
    changes = rows["legal"] != rows["legal_after"]
    after_order &= changes
    # who lives with adopters or parents under an order leaves them before it goes
    before_order = (rows["moves"] > 0) & changes & np.isin(care_places.groups(rows["place"]), [0, 1]) & ~after_order
    middle = (first + last) // 2
    through = changes & np.isin(rows["legal"], ["V2", "L1", "L2", "J1"]) & np.isin(rows["legal_after"], ["C2", "E1"])
    high = np.where(after_order, middle - 1, last)
    low = np.where(before_order, np.minimum(middle + 1, last), first)
    final = between(np.where(through, (low + high) // 2 + 1, low), np.maximum(high, low), rng)
    halfway = between(low, np.maximum((low + high) // 2, low), rng)
    # police protection lasts 72 hours, an emergency protection order 21 days
    soon = {"L1": np.maximum(rows["lawful"] + 1, rows["from"]) + rng.integers(0, 2, number)}
    soon["L2"] = np.maximum(rows["lawful"] + rng.integers(7, 18, number), rows["from"] + 1)
    for code, when in soon.items():
        halfway = np.where(rows["legal"] == code, when, halfway)
        final = np.where((rows["legal"] == code) & ~through, when, final)
    final = np.where(through, np.maximum(final, halfway + 1), final)
    story.tell("legal", period=rows["period"][through], day=halfway[through], legal=np.full(through.sum(), "C1"))
    story.tell("legal", period=rows["period"][changes], day=final[changes], legal=rows["legal_after"][changes])
    rows["lawful"] = np.where(changes, final, rows["lawful"])
    begin = np.where(after_order, np.maximum(middle, final + 1), first)
    _tell_moves(rows, begin, np.where(before_order, middle, last), rng, story)


def _tell_moves(rows: Rows, first: np.ndarray, last: np.ndarray, rng, story: Story):
    """Tells the moves between two days, the last of them to `place_after`."""
    moves, number = rows["moves"], size(rows)
    sixteen = birthday(rows["birth"], 16)
    supported = (moves > 0) & np.isin(rows["place_after"], ["H5", "P2"]) & (first < sixteen)
    lots = np.where(np.arange(MOST_MOVES) < moves[:, None], rng.random((number, MOST_MOVES)), 2.0)
    lots.sort(axis=1)
    room = np.maximum(last - first + 1 - moves, 1)
    days = first[:, None] + np.floor(lots * room[:, None]).astype(int) + np.arange(MOST_MOVES)
    late = between(np.maximum(sixteen, first), np.maximum(last, sixteen), rng)
    turn = np.maximum(moves - 1, 0)
    at = np.arange(number)
    days[at, turn] = np.where(supported, np.maximum(days[at, turn], late), days[at, turn])
    row, column = np.nonzero(np.arange(MOST_MOVES) < moves[:, None])
    final = column == moves[row] - 1
    when = days[row, column]
    place, provider = care_places.first_place(age_at(rows["birth"][row], when), rng)
    place = np.where(final, rows["place_after"][row], place)
    provider = np.where(final, rows["provider_after"][row], provider)
    _tell_stays(story, rows["period"][row], when, place, provider, final & rows["same_carer"][row])
    rows["placed"] = np.where(moves > 0, days[at, turn], rows["placed"])


def part(plan: Plan, at: int, left: Rows, start: int, end: int, rng):
    """Sets `until`, the day on which care ends, for those who leave; at 18 at the latest."""
    number, of_age = size(left), birthday(left["birth"], 18)
    days = between(np.full(number, start), np.full(number, end), rng)
    stay = left["began"] + 1 + np.minimum(rng.exponential(45, number), 300).astype(int)
    days = np.where(left["brief"], np.minimum(stay, end), days)
    adopting = np.char.startswith(left["place"], "A") & (left["legal"] == "E1")
    days = np.where(adopting, between(np.maximum(left["placed"] + 84, start), np.full(number, end), rng), days)
    grown = of_age <= end
    early = np.round(0.5 * plan.shares["ceased_age"][:, at, 5] * plan.ends[:, at]).astype(int)
    early = draw(left["la"], early, (grown & ~left["brief"] & (of_age > start + 5)).astype(float), rng)
    days = np.where(early, between(np.full(number, start), of_age - 1, rng), np.where(grown, of_age, days))
    left["until"] = np.minimum(days, end)


def reasons(plan: Plan, at: int, left: Rows, pauses: Rows, end: int, year: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """Why care ended, as codes: for those who leave, and for those who come back within the year (`pauses`)."""
    rows = stack(left | {"pause": np.full(size(left), False)}, pauses | {"pause": np.full(size(pauses), True)})
    age, uasc, legal = age_at(rows["birth"], rows["until"]), rows["uasc"], rows["legal"]
    grown, ordered, place = age >= 18, np.isin(legal, ["C1", "C2"]), rows["place"]
    adopting = np.char.startswith(place, "A") & (legal == "E1")
    long = (rows["began"] < end - 400) & ~rows["brief"] & ~uasc
    foster = np.char.startswith(place, "U")
    remand = np.isin(legal, ["J1", "J3"])
    chance = {
        "adopted": np.select(
            [adopting, (legal == "E1") & long, ordered & long & (age < 6) & (place != "P1")], [1000, 30, 1]
        ),
        "stayed": grown * np.where(foster, 20, 1.0),
        "assessed_adult": uasc & ~grown & (age >= 15),
        "remand": remand * ~grown,
        "custody": ~grown & (age >= 12) & (remand * 50 + (legal == "V2") * 0.3 > 0),
        "supported": (age >= 16) * np.where(grown, 8.0, 1.0),
        "unsupported": (age >= 16) * np.where(grown, 8.0, 1.0),
        "adult_care": grown * np.where(rows["need"] == FAMILIES["need"][2].index("N2"), 20, 0.5),
        "guardianship": (~grown & ~uasc & ~adopting & (age < 17) & (ordered | (legal == "V2")))
        * np.where(rows["brief"], 0.05, 1.0),
        "arrangements": ~grown & ~uasc & ~adopting & (age < 16) & (ordered | (legal == "V2")),
        "abroad": np.where(adopting, 0, np.where(uasc, 3, 1.0)) * ~grown,
        "transferred": ~grown * np.where(uasc, 4, 1.0) * ~adopting,
        "died": np.where(adopting, 0, 1.0),
        "relatives": ~grown * np.where(uasc, 0.7, 1.0) * ~adopting,
        "home_unplanned": ~grown * np.where(uasc, 0.01, 1.0) * ~adopting,
        "home_planned": np.where(grown, 0.01, 1.0) * np.where(uasc, 0.01, 1.0) * ~adopting,
        "other": np.where(adopting, 0, 1.0),
    }
    chances = np.column_stack([chance[name] for name in REASONS]).astype(float)
    chances[:, REASONS.index("custody")] *= np.where(remand, 50, 0.3)
    chances[rows["pause"]] = np.array([name in HOME for name in REASONS], dtype=float)
    usual = np.select(
        [adopting, rows["pause"], grown & foster, grown, uasc],
        [REASONS.index(name) for name in ("adopted", "home_planned", "stayed", "supported", "other")],
        REASONS.index("home_planned"),
    )
    quotas = apportion(plan.shares["ceased"][:, at], counts(rows["la"], len(plan.las)))
    found = deal(rows["la"], quotas, chances, rng, usual)
    codes = np.full(len(found), "E8", dtype="U3")
    for number, name in enumerate(REASONS):
        own = np.flatnonzero(found == number)
        old = "guardianship_2018" if name == "guardianship" and year <= 2018 else name
        codes[own] = pick(WEIGHTS["ceased"][old], len(own), rng)
    return codes[: size(left)], codes[size(left) :]


def leave(left: Rows, away: np.ndarray, start: int, end: int, rng, story: Story):
    """Tells the last stretch of care of those who leave; `away` are those who were out of care for a while before."""
    number = size(left)
    adopted = np.isin(left["reason"], ["E11", "E12"])
    planned = adopted & ~np.char.startswith(left["place"], "A")
    left["until"] = np.where(planned, between(np.full(number, start + 240), np.full(number, end), rng), left["until"])
    stay = left["until"] - np.maximum(left["began"], start)
    legal = left["legal"]
    over = ((legal == "L1") & (left["until"] > left["lawful"] + 2)) | (
        (legal == "L2") & (left["until"] > left["lawful"] + 19)
    )
    left["legal_after"] = np.where(adopted, "E1", np.where(over, np.where(rng.random(number) < 0.6, "V2", "C1"), legal))
    moves = (rng.random(number) < np.where(left["brief"], 0.12, 0.2)) & (stay > 30) & ~adopted & ~away
    left["moves"] = (moves | planned).astype(int)
    place, provider = care_places.first_place(age_at(left["birth"], left["until"] - 5), rng)
    same = planned & (left["place"] == "U5")
    to_adopters = np.where(same, "A5", "A6")
    left["place_after"] = np.where(planned, to_adopters, np.where(moves, place, left["place"]))
    left["provider_after"] = np.where(moves, provider, left["provider"])
    strangers = planned & ~same
    left["provider_after"] = np.where(
        strangers, np.where(rng.random(number) < 0.6, "PR1", "PR5"), left["provider_after"]
    )
    left["same_carer"] = same
    new = take(left, left["brief"])
    story.tell("legal", period=new["period"], day=new["began"], legal=new["legal"])
    _tell_stays(story, new["period"], new["began"], new["place"], new["provider"])
    left["from"] = np.maximum(left["began"], start)
    # an adopted child lives with the adopters for ten weeks at least before the order
    whole, left["until"] = left["until"], np.where(planned, left["until"] - 80, left["until"])
    steady = take(left, ~away)
    tell_path(steady, rng, story)
    left["until"] = whole
    story.tell("ends", period=left["period"][~away], end=left["until"][~away], reason=left["reason"][~away])
    _pause(take(left, away), start, rng, story)


def _pause(left: Rows, start: int, rng, story: Story):
    """Tells of those who leave, come back and leave again within the year."""
    first = between(np.full(size(left), start + 1), (start + left["until"]) // 2, rng)
    again = between(first + 4, np.maximum(left["until"] - 4, first + 4), rng)
    story.tell("ends", period=left["period"], end=first, reason=np.full(size(left), "E4A"))
    period = story.number("periods", size(left))
    story.tell("periods", period=period, child=left["child"], start=again, need=left["need"])
    story.tell("legal", period=period, day=again, legal=left["legal_after"])
    _tell_stays(story, period, again, *care_places.first_place(age_at(left["birth"], again), rng))
    story.tell("ends", period=period, end=left["until"], reason=left["reason"])
