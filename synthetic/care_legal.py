"""Legal status: what it is when care starts and on 31 March, by the plan's numbers and by what can follow what."""

import numpy as np

from synthetic.care_lots import apportion, counts, deal, draw
from synthetic.care_plan import FAMILIES, Plan
from synthetic.care_rows import Rows, age_at, size, stack

GROUPS = FAMILIES["legal"][2]
CODES = {
    "justice": "J1",
    "protection": "L2",
    "placement_order": "E1",
    "full": "C2",
    "interim": "C1",
    "voluntary": "V2",
}
GROUP_OF = {
    **{code: GROUPS.index(group) for group, code in CODES.items()},
    **{code: GROUPS.index("justice") for code in ("J2", "J3")},
    **{code: GROUPS.index("protection") for code in ("L1", "L3")},
}
# From what held before (or "new") to what holds on 31 March: chances, 0 where the law or time forbids it.
FOLLOWS = {
    "justice": {"J1": 100, "J3": 100, "new": 1, "V2": 0.02, "C2": 0.02},
    "protection": {"new": 1},
    "placement_order": {"E1": 1000, "C1": 5, "C2": 1.5, "new": 0.1},
    "full": {"C2": 10000, "E1": 5000, "C1": 3, "V2": 0.2, "new": 0.02},
    "interim": {"C1": 100, "L1": 50, "L2": 50, "new": 4, "V2": 0.4},
    "voluntary": {"V2": 100, "J1": 1, "L1": 20, "L2": 20, "new": 4, "C1": 0.05},
}


def groups(codes: np.ndarray) -> np.ndarray:
    """The position of each legal status in the plan's family."""
    return np.array([GROUP_OF[code] for code in codes], dtype=int)


def at_year_end(plan: Plan, at: int, kept: Rows, new: Rows, end: int, rng):
    """Sets `legal_after`, what holds on 31 March, for those looked after then."""
    nowhere = np.full(size(new), "", dtype="U3")
    rows = stack(kept | {"before": kept["legal"]}, new | {"before": np.full(size(new), "new"), "place": nowhere})
    age, uasc, before = age_at(rows["birth"], end), rows["uasc"], rows["before"]
    chances = np.column_stack([_chances(group, before) for group in GROUPS])
    fresh = before == "new"
    fits = {
        "justice": (age >= 12) & ~uasc,
        "protection": (age < 16) & ~uasc,
        "placement_order": (age <= 8) & ~uasc & (rows["began"] < end - 150),
        "full": ~uasc | (before == "C2"),
        "interim": ~uasc | (before == "C1"),
        "voluntary": np.ones(len(age), dtype=bool),
    }
    chances *= np.column_stack([fits[group] for group in GROUPS])
    placed = np.where(np.char.startswith(rows["place"], "A"), 100, np.where(rows["place"] == "P1", 0, 1))
    chances[:, GROUPS.index("placement_order")] *= placed
    chances[:, GROUPS.index("justice")] *= np.where(rows["sex"] == 0, 3, 1)
    chances[:, GROUPS.index("interim")] *= np.where(fresh & (age >= 14), 0.25, 1)
    chances[:, GROUPS.index("voluntary")] *= np.where(uasc, 100, np.where(fresh & (age < 10), 0.3, 1))
    # who is left over stays as they were; a newcomer has the likeliest
    stays = np.where(fresh, np.where(uasc | (age >= 14), GROUPS.index("voluntary"), GROUPS.index("interim")), 0)
    stays[~fresh] = groups(before[~fresh])
    stays = np.where(stays == GROUPS.index("protection"), GROUPS.index("interim"), stays)
    quotas = apportion(plan.shares["legal"][:, at], counts(rows["la"], len(plan.las)))
    part = deal(rows["la"], quotas, chances, rng, stays)
    after = np.array([CODES[group] for group in GROUPS])[part]
    after = np.where((before == "J3") & (after == "J1"), "J3", after)
    kept["legal_after"], new["legal_after"] = after[: size(kept)], after[size(kept) :]
    # an emergency order lasts 21 days at most, so those who have one have just come
    urgent = new["legal_after"] == "L2"
    new["began"] = np.where(urgent, end - rng.integers(0, 15, size(new)), new["began"])
    new["birth"] = np.minimum(new["birth"], new["began"])


def _chances(group: str, before: np.ndarray) -> np.ndarray:
    follows = FOLLOWS[group]
    return np.array([follows.get(code, 0) for code in before.tolist()], dtype=float)


def at_start(plan: Plan, at: int, new: Rows, brief: Rows, end: int, rng):
    """Sets `legal`, what care starts with, for those who come to stay and those who come and leave."""
    parts = FAMILIES["started_legal"][2]
    rows = stack(new | {"after": new["legal_after"]}, brief | {"after": np.full(size(brief), "")})
    age, uasc, after = age_at(rows["birth"], end), rows["uasc"], rows["after"]
    brief_ones = after == ""
    grown = (age >= 12) & (age < 18) & ~uasc
    chance = {
        "J1": np.select([after == "J1", brief_ones & grown, grown & (after == "V2")], [1000, 3, 0.2]),
        "J2": brief_ones & grown,
        "J3": np.zeros(len(age)),
        "L1": np.select([uasc, after == "C1", after == "V2", brief_ones & (age < 18)], [0, 2, 1, 2]),
        "L2": np.select([after == "L2", after == "C1"], [1000, 1]),
        "L3": np.zeros(len(age)),
        "C2": after == "C2",
        "E1": after == "E1",
        "C1": np.select([uasc, np.isin(after, ["C1", "C2", "E1"]), brief_ones & (age < 14)], [0, 1, 0.3]),
        "V2": np.select([uasc, after == "V2", after == "C1", brief_ones], [1, 1, 0.5, 1], 0.3),
    }
    chances = np.column_stack([chance[part] for part in parts]).astype(float)
    chances[after == "J1", :] *= np.array([part == "J1" for part in parts])
    chances[after == "L2", :] *= np.array([part == "L2" for part in parts])
    quotas = apportion(plan.shares["started_legal"][:, at], counts(rows["la"], len(plan.las)))
    usual = np.select(
        [after == "J1", after == "L2", np.isin(after, ["C1", "C2", "E1"])],
        [parts.index("J1"), parts.index("L2"), parts.index("C1")],
        parts.index("V2"),
    )
    legal = np.array(parts)[deal(rows["la"], quotas, chances, rng, usual)]
    legal = np.where(brief_ones & (legal == "J2"), "J1", legal)
    new["legal"], brief["legal"] = legal[: size(new)], legal[size(new) :]
    # who came in the last days has had no time for another status
    late = (new["began"] > end - 25) & (new["legal_after"] != "L2")
    new["legal"] = np.where(late, new["legal_after"], new["legal"])


def back_again(plan: Plan, at: int, kept: Rows, new: Rows, left: Rows, end: int, rng) -> tuple[np.ndarray, ...]:
    """Which of those kept, of those new and of those who left were out of care for a while within the year.

    A child counts once among the starts and once among the ends of a year; this is what makes the numbers agree.
    """
    las = len(plan.las)
    starts = counts(new["la"], las) + counts(left["la"][left["brief"]], las)
    more_starts = np.maximum(plan.starts[:, at] - starts, 0)
    more_ends = np.maximum(plan.ends[:, at] - counts(left["la"], las), 0)
    both = np.minimum(more_starts, more_ends)
    settled = ["V2", "C1", "C2"]
    stays = np.isin(kept["legal"], settled) & np.isin(kept["legal_after"], settled) & ~kept["uasc"]
    stays &= ~np.char.startswith(kept["place"], "A")
    of_kept = draw(kept["la"], both, np.where(stays, np.where(kept["legal"] == "V2", 4.0, 1.0), 0), rng)
    able = np.isin(new["legal_after"], settled) & np.isin(new["legal"], settled)
    able &= ~new["uasc"] & (new["began"] < end - 60)
    of_new = draw(new["la"], more_ends - both, able.astype(float), rng)
    able = ~left["brief"] & (left["until"] > end - 280) & (left["legal"] == "V2") & ~left["uasc"]
    of_left = draw(left["la"], more_starts - both, able.astype(float), rng)
    return of_kept, of_new, of_left
