"""Placements: who moves in a year and how often, and where those looked after on 31 March then live."""

import numpy as np

from synthetic.care_lots import apportion, counts, deal, draw, pick
from synthetic.care_plan import FAMILIES, Plan
from synthetic.care_rows import Rows, age_at, birthday, size
from synthetic.care_weights import WEIGHTS

GROUPS = FAMILIES["placement"][2]
PROVIDERS = FAMILIES["provider"][2]
CODES = {"parents": "PR0", "none": "", "public": "PR3", "other_la": "PR2", "voluntary": "PR5"}
CODES |= {"own": "PR1", "private": "PR4"}
GROUP_OF = {"A": "adoption", "P1": "parents", "S": "school", "R": "residential", "P3": "residential"}
GROUP_OF |= {"H": "supported", "P2": "supported", "K": "homes", "Z": "other", "U": "foster"}
LONG_TERM = {"U6": "U4", "U3": "U1"}  # the same carer, for the long term
MOVES_OF_MANY = 2.5  # of children with three placements or more


def groups(codes: np.ndarray) -> np.ndarray:
    """The position of each placement code in the plan's family; -1 for none."""
    return np.array([GROUPS.index(GROUP_OF.get(c) or GROUP_OF[c[0]]) if c else -1 for c in codes.tolist()], dtype=int)


def decide_moves(plan: Plan, at: int, rows: Rows, end: int, rng):
    """Sets `moves`, how often each child who stays moves in the year, and whether a move is to the same carer."""
    la, age, fresh = rows["la"], age_at(rows["birth"], end), rows["fresh"]
    place = rows["place"]
    adopting = np.char.startswith(place, "A") & (rows["legal_after"] == "E1")
    parents = (place == "P1") & ~np.isin(rows["legal_after"], ["C1", "C2"])
    must = (np.char.startswith(place, "A") & ~adopting) | parents
    # as many go to adopters as are to be there on 31 March
    wanted = apportion(plan.shares["placement"][:, at], plan.stock[:, at])[:, GROUPS.index("adoption")]
    wanted = np.maximum(wanted - counts(la[adopting], len(wanted)), 0)
    ordered = (rows["legal_after"] == "E1") & ~adopting & (rows["began"] < end - 200) & ~fresh & ~rows["back"]
    adoptive = draw(la, wanted, np.where(rows["legal"] == "E1", 3.0, 1.0) * ordered, rng)
    must |= adoptive | (place == "R5") & (rows["legal_after"] != "J1") & ~fresh
    calm = rows["back"] | adopting | adoptive | (rows["legal_after"] == "L2")
    many = np.where(calm | (rows["began"] > end - 60), 0, np.where(age >= 10, 2, 1) * np.where(fresh, 1.4, 1.0))
    many = draw(la, plan.three_placements[:, at], many, rng)
    stock = plan.stock[:, at]
    once = plan.new_placements[:, at] - plan.starts[:, at] - MOVES_OF_MANY * plan.three_placements[:, at]
    once = np.clip(once - 0.15 * plan.leavers[:, at], 0.12 * stock, 0.5 * stock).round().astype(int)
    chance = np.where(must, 1e6, np.where(fresh, 0.7, 1.0))
    chance = np.where(many | (calm & ~must) | (fresh & (rows["began"] > end - 30)), 0, chance)
    one = draw(la, once, chance, rng) | (must & ~many)
    times = 2 + np.minimum(rng.geometric(0.65, size(rows)) - 1, 6)
    rows["moves"] = np.where(many, times, one.astype(int))
    settle = ~fresh & one & np.isin(place, list(LONG_TERM)) & (rng.random(size(rows)) < 0.3)
    rows["same_carer"] = settle & ~adoptive
    rows["to_adopters"] = adoptive


def place_at_year_end(plan: Plan, at: int, rows: Rows, end: int, rng):
    """Sets `place_after` and `provider_after`, where each child lives on 31 March and who provides it."""
    la = rows["la"]
    fixed = ~rows["fresh"] & ~rows["back"] & ((rows["moves"] == 0) | rows["same_carer"])
    free = np.flatnonzero(~fixed)
    before = groups(rows["place"])
    quotas = _left(plan, at, "placement", la, before, fixed)
    chances = _place_chances({name: values[free] for name, values in rows.items()}, end)
    group = before.copy()
    group[free] = deal(la[free], quotas, chances, rng, np.full(len(free), GROUPS.index("foster")))
    rows["place_after"] = np.where(
        rows["same_carer"], np.array([LONG_TERM.get(c, c) for c in rows["place"].tolist()]), rows["place"]
    ).astype("U3")
    rows["provider_after"] = rows["provider"].astype("U3")
    by_code = {code: PROVIDERS.index(name) for name, code in CODES.items()}
    had = np.array([by_code[code] for code in rows["provider"].tolist()], dtype=int)
    quotas = _left(plan, at, "provider", la, had, fixed)
    provider = deal(la[free], quotas, _provider_chances(group[free]), rng, np.full(len(free), -1))
    codes = np.array([CODES[name] for name in PROVIDERS])
    usual = np.where(
        np.isin(group[free], [GROUPS.index("parents"), GROUPS.index("other")]), -1, PROVIDERS.index("private")
    )
    provider = np.where(provider < 0, usual, provider)
    provider = np.where(group[free] == GROUPS.index("parents"), PROVIDERS.index("parents"), provider)
    provider = np.where(group[free] == GROUPS.index("other"), PROVIDERS.index("none"), provider)
    rows["provider_after"][free] = codes[provider]
    places = rows["place_after"]
    for number, name in enumerate(GROUPS):
        for code in codes:
            own = free[(group[free] == number) & (codes[provider] == code)]
            tables = WEIGHTS["place_in_group"][name]
            places[own] = pick(tables.get(code, tables["other"]), len(own), rng)
    remand = free[(group[free] == GROUPS.index("residential")) & (rows["legal_after"][free] == "J1")]
    places[remand] = "R5"
    young = (places == "R5") & (rows["legal_after"] != "J1")
    places[young & ~fixed] = "R1"
    # a foster carer approved to adopt keeps the child; the move is then to the same carer
    kept = (places == "A6") & (rows["place"] == "U5") & (rows["moves"] == 1) & ~rows["fresh"]
    places[kept] = "A5"
    rows["provider_after"][kept] = rows["provider"][kept]
    rows["same_carer"] |= kept


def _left(plan: Plan, at: int, family: str, la: np.ndarray, part: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """The plan's numbers less those that stay as they are, for as many as are free."""
    shares = plan.shares[family][:, at]
    wanted = apportion(shares, counts(la, len(shares)))
    have = counts(la[fixed] * shares.shape[1] + part[fixed], shares.size).reshape(shares.shape)
    left = np.maximum(wanted - have, 0)
    free = counts(la[~fixed], len(shares))
    # where more stay than planned, the rest is cut in proportion
    return np.where((left.sum(1) > free)[:, None], apportion(np.where(left.sum(1)[:, None] > 0, left, 1), free), left)


def _place_chances(rows: Rows, end: int) -> np.ndarray:
    age, uasc, legal = age_at(rows["birth"], end), rows["uasc"], rows["legal_after"]
    first = np.where(rows["fresh"] & (rows["moves"] == 0), rows["began"], end - 10)
    first = np.where(rows["back"], end - 366, first)
    of_age = birthday(rows["birth"], 16) <= first
    ordered = (legal == "E1") & (rows["began"] < end - 200)
    chance = {
        "adoption": ordered & rows["to_adopters"],
        "parents": np.isin(legal, ["C1", "C2"]) & ~rows["back"] & ~np.char.startswith(rows["place"], "A"),
        "school": ((age >= 7) & ~uasc) * np.where(rows["need"] == FAMILIES["need"][2].index("N2"), 20, 0.3),
        "residential": np.select([legal == "J1", uasc, age < 2, age >= 15], [30, 0.1, 3, 1], 0.001),
        "supported": of_age * np.where(uasc, 3.0, np.where(legal == "J1", 0.5, 1.0)),
        "homes": np.select([uasc, age >= 10, age >= 8, age >= 5], [0.4, 2, 1, 0.1], 0.001),
        "other": np.select([uasc, age >= 14], [1.5, 2], 0.3),
        "foster": np.where(legal == "J1", 0.1, 1.0),
    }
    return np.column_stack([np.asarray(chance[group], dtype=float) for group in GROUPS])


def _provider_chances(group: np.ndarray) -> np.ndarray:
    table = np.zeros((len(GROUPS), len(PROVIDERS)))
    for row, name in enumerate(GROUPS):
        for code, chance in WEIGHTS["provider_chance"].get(name, {}).items():
            table[row, [CODES[part] for part in PROVIDERS].index(code)] = chance
    table[GROUPS.index("parents"), PROVIDERS.index("parents")] = 1
    table[GROUPS.index("other"), PROVIDERS.index("none")] = 1
    return table[group]


def first_place(age: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """A placement and its provider for children of these ages, when nothing is planned."""
    place = np.full(len(age), "U6", dtype="U3")
    for floor, top in ((0, 10), (10, 16), (16, 99)):
        own = np.flatnonzero((age >= floor) & (age < top))
        place[own] = pick(WEIGHTS["place_first"][str(floor)], len(own), rng)
    provider = np.full(len(age), "", dtype="U3")
    for letter, weights in WEIGHTS["provider_of_place"].items():
        own = np.flatnonzero(np.char.startswith(place, letter))
        provider[own] = pick(weights, len(own), rng)
    provider[np.isin(place, ["U1", "U2", "U3"])] = "PR1"
    return place, provider
