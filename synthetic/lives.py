"""One made-up child's life with children's services: what happened and when, before any return reports it.

A life is a list of events for each return, under the names of the specification. It knows the future; what a
return of some year could see of it is the business of `synthetic.report`. The same seed, authority and number
give the same life on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import yaml

from loaders import spec

WEIGHTS = yaml.safe_load(Path(__file__).with_name("weights.yml").read_text(encoding="utf-8"))
CLOSES = {"E11": "RC1", "E12": "RC1", "E41": "RC3", "E45": "RC4", "E47": "RC4", "E3": "RC5"}  # else RC7
UNINSPECTED = ("P", "R1", "R2", "R5", "T", "Z")  # placement types without a URN
REASON_NEW = {  # by what changed: legal status, placement, carer
    (True, False, False): "L",
    (False, True, True): "P",
    (False, True, False): "T",
    (True, True, True): "B",
    (True, True, False): "U",
}


@dataclass
class Event:
    """A row of a return: the days it belongs to, its values and the rows that hang from it."""

    table: str
    start: date
    end: date | None
    values: dict
    parts: list["Event"] = field(default_factory=list)


@dataclass
class Child:
    """Who the child is, and what happened, by return."""

    id: str
    la_code: str  # the three digits that the Department for Education uses
    birth: date
    sex: str
    ethnicity: str
    upn: str | None
    need: str
    disabilities: list[str]
    death: date | None = None
    first_baby: date | None = None
    cin: list[Event] = field(default_factory=list)
    ssda903: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Stay:
    """What holds during one episode of care."""

    legal_status: str
    place: str
    provider: str | None
    urn: str | None
    postcode: str
    carer: int


def live(seed: int, la_code: str, letters: str, number: int, years: range) -> Child:
    """The life of an authority's child of that number, with something to report in some of `years`."""
    rng = Random(f"{seed}|{la_code}|{number}")
    opening, closing = date(years[0] - 1, 4, 1), date(years[-1], 3, 31)
    path = pick(rng, "path")
    if path == "care_leaver":
        birth = opening - timedelta(rng.randint(17 * 365, 21 * 365))
        day = birthday(birth, rng.randint(13, 16)) + timedelta(rng.randint(0, 300))
    else:
        earliest = -1000 if path in ("looked_after", "unaccompanied") else -365  # care lasts longer than need
        day = opening + timedelta(rng.randint(earliest, (closing - opening).days))
        ages = {
            "unaccompanied": (14 * 365, 17 * 365),
            "looked_after": (0, 16 * 365),
            "short_breaks": (900, 5000),
        }
        birth = day - timedelta(rng.randint(*ages.get(path, (-120, 15 * 365))))
    alone = path == "unaccompanied"
    child = Child(
        id=f"{letters}{100000 + number}",
        la_code=la_code,
        birth=birth,
        sex="M" if alone and rng.random() < 0.9 else rng.choice("MF"),
        ethnicity=pick(rng, "ethnicity_unaccompanied" if alone else "ethnicity"),
        upn=made_up_upn(la_code, number, birth) if not alone and rng.random() < 0.95 else None,
        need={"unaccompanied": "N8", "short_breaks": "N2"}.get(path) or pick(rng, "need"),
        disabilities=["NONE"],
    )
    if child.need == "N2" or rng.random() < 0.06:
        child.disabilities = sorted({pick(rng, "disability") for _ in range(rng.randint(1, 3))})
    while True:
        closed = _refer(rng, child, day, path, years)
        day, path = closed + timedelta(rng.randint(20, 700)), pick(rng, "path_again")
        if child.death or rng.random() > 0.3 or not birth <= day <= min(closing, birthday(birth, 15)):
            return child


def _refer(rng: Random, child: Child, day: date, path: str, years: range) -> date:
    """Adds a referral and all that hangs from it; gives the day on which it closed."""
    values = {"CINreferralDate": day, "ReferralSource": pick(rng, "referral_source", day)}
    referral = Event("cin_details", day, day, values)
    child.cin.append(referral)
    values["ReferralNFA"] = "true" if path == "no_further_action" else "false"
    if path == "no_further_action":
        return day
    values["PrimaryNeedCode"] = child.need
    assessed, reason = _assess(rng, referral, day, path), "RC7"
    if path == "not_in_need":
        closed, reason = assessed, pick(rng, "closed_after_assessment", assessed, "reason_for_closure")
    elif path == "child_in_need":
        if rng.random() < 0.25:
            _enquire(referral, day + timedelta(rng.randint(0, 5)), None)
        closed = _plan(rng, referral, assessed + timedelta(rng.randint(0, 10)), rng.randint(60, 400))
        if rng.random() < 0.01 and child.birth <= closed:
            reason, child.death = "RC2", closed
    elif path == "child_protection":
        ended = _protect(rng, referral, day, rng.randint(120, 600))
        closed = _plan(rng, referral, max(ended, assessed) + timedelta(1), rng.randint(40, 180))
    else:
        enters = max(day, child.birth) + timedelta(rng.randint(0, 5))
        if path == "looked_after":
            enters = _protect(rng, referral, day, rng.randint(60, 300)) if rng.random() < 0.4 else assessed
        left, ceased = _look_after(rng, child, enters, path, years)
        closed, reason = max(left, assessed), CLOSES.get(ceased, "RC7")
    referral.end = closed
    values |= {"CINclosureDate": closed, "ReasonForClosure": reason}
    return closed


def _assess(rng: Random, referral: Event, day: date, path: str) -> date:
    start = day + timedelta(rng.randint(0, 4))
    done = weekday(start + timedelta(rng.randint(66, 85) if rng.random() < 0.14 else rng.randint(8, 60)))
    factors = {pick(rng, "assessment_factor", done) for _ in range(rng.randint(1, 4))}
    if path == "unaccompanied":
        factors = {"9A"}
    elif path == "not_in_need" and rng.random() < 0.25:
        factors = {"21"}
    parts = [Event("assessment_factors", done, done, {"AssessmentFactors": code}) for code in sorted(factors)]
    values = {"AssessmentActualStartDate": start, "AssessmentAuthorisationDate": done}
    referral.parts.append(Event("assessments", start, done, values, parts))
    return done


def _plan(rng: Random, referral: Event, start: date, days: int) -> date:
    end = start + timedelta(days)
    values = {"CINPlanStartDate": start, "CINPlanEndDate": end}
    referral.parts.append(Event("cin_plan_dates", start, end, values))
    return end + timedelta(rng.randint(0, 7))


def _enquire(referral: Event, start: date, conference: date | None):
    values = {
        "S47ActualStartDate": start,
        "InitialCPCtarget": weekday(start + timedelta(21)) if conference else None,
        "DateOfInitialCPC": conference,
        "ICPCnotRequired": "false" if conference else "true",
    }
    referral.parts.append(Event("section_47", start, conference or start, values))


def _protect(rng: Random, referral: Event, day: date, days: int) -> date:
    """Adds an enquiry, its conference and the plan that follows; gives the day on which the plan ended."""
    enquiry = day + timedelta(rng.randint(0, 12))
    conference = weekday(enquiry + timedelta(rng.randint(24, 40) if rng.random() < 0.2 else rng.randint(8, 19)))
    if rng.random() < 0.06:  # the family moved in from another authority, whose enquiry it was
        referral.values["DateOfInitialCPC"] = conference
    else:
        _enquire(referral, enquiry, conference)
    end, category = conference + timedelta(days), pick(rng, "category_of_abuse")
    values = {
        "CPPstartDate": conference,
        "CPPendDate": end,
        "InitialCategoryOfAbuse": category,
        "LatestCategoryOfAbuse": category if rng.random() < 0.85 else pick(rng, "category_of_abuse"),
        "NumberOfPreviousCPP": pick(rng, "previous_plans"),
    }
    held = list(every(rng, conference, end, (70, 90), (150, 182)))
    # A return holds the year's reviews and the last one before: each belongs to the days until the next.
    reviews = [
        Event("cpp_reviews", review, later, {"CPPreviewDate": review})
        for review, later in zip(held, [*held, None][1:], strict=True)
    ]
    referral.parts.append(Event("child_protection_plans", conference, end, values, reviews))
    return end


def _look_after(rng: Random, child: Child, start: date, path: str, years: range) -> tuple[date, str]:
    """Adds a period of care and what goes with it; gives the day it ended and why."""
    age, adult = age_at(child.birth, start), birthday(child.birth, 18)
    legal = {"unaccompanied": "V2", "care_leaver": "C2", "short_breaks": "V4"}.get(path)
    legal = legal or pick(rng, by_age("legal_status", age))
    steps = [(start, _settle(rng, legal, age))]
    end, ceased = start + timedelta(int(rng.expovariate(1 / 800)) + 15), pick(rng, "ceased")
    if path in ("unaccompanied", "care_leaver"):
        early = "E15" if path == "unaccompanied" else "E5"
        end, ceased = (adult, early) if rng.random() < 0.8 else (adult - timedelta(100), early)
    elif legal == "J1":
        end, ceased = start + timedelta(rng.randint(20, 150)), pick(rng, "ceased_remand")
    elif path == "looked_after" and age < 3 and rng.random() < 0.25:
        end, ceased = _adopt(rng, child, steps)
    if path != "short_breaks" and len(steps) == 1:
        end = min(end, adult)
        _move(rng, child, steps, end)
    if end >= adult:
        end = adult
        ceased = pick(rng, "ceased_at_18_fostered" if steps[-1][1].place[0] == "U" else "ceased_at_18")
    _episodes(rng, child, steps, end, ceased)
    if path != "short_breaks":
        _alongside(rng, child, start, end)
        _yearly(rng, child, start, end, years)
    if path == "unaccompanied":
        child.ssda903.append(Event("uasc", start, end, {"DUC": end if end == adult else None}))
    return end, ceased


def _settle(rng: Random, legal_status: str, age: int) -> Stay:
    """A new placement with a new carer."""
    place = pick(rng, by_age("placement_type", age))
    return _stay(rng, legal_status, "U6" if place == "P1" and legal_status not in ("C1", "C2") else place)


def _stay(rng: Random, legal_status: str, place: str) -> Stay:
    provider = pick(rng, "provider_foster" if place[0] in "UA" else "provider_other")
    provider = {"P1": "PR0", "U1": "PR1", "U3": "PR1", "R3": "PR1"}.get(place, provider)
    urn = None if place.startswith(UNINSPECTED) else f"SC9{rng.randint(10000, 99999)}"
    carer = rng.randrange(10**9)
    return Stay(legal_status, place, None if place[0] in "TZ" else provider, urn, postcode(rng), carer)


def _move(rng: Random, child: Child, steps: list[tuple[date, Stay]], end: date):
    """Adds changes of legal status and placement to the steps, up to the day before the care ends."""
    day, now = steps[-1]
    while True:
        urgent = now.legal_status == "L2"  # an emergency order lasts days
        day += timedelta(rng.randint(8, 14) if urgent else rng.randint(40, 420))
        if day >= end:
            return
        age = age_at(child.birth, day)
        order = {"L2": "C1", "C1": "C2", "V2": "C1" if age < 14 else "V2"}.get(now.legal_status, now.legal_status)
        kind = "order" if urgent else pick(rng, "change")
        if kind == "away" and day + timedelta(21) < end:
            steps.append((day, _stay(rng, now.legal_status, rng.choice(["T1", "T3", "T4"]))))
            day += timedelta(rng.randint(2, 7))
        elif kind == "settled" and now.place in ("U6", "U3"):
            now = replace(now, place={"U6": "U4", "U3": "U1"}[now.place])
        elif kind == "move":
            now = _settle(rng, now.legal_status, age)
        elif kind == "both" and order != now.legal_status:
            now = _settle(rng, order, age)
        elif kind == "order" and order != now.legal_status:
            now = replace(now, legal_status=order)
        else:
            continue
        steps.append((day, now))


def _adopt(rng: Random, child: Child, steps: list[tuple[date, Stay]]) -> tuple[date, str]:
    """Replaces the steps by those of a child who is adopted; gives the day of the order and how it ended."""
    start = steps[0][0]
    ordered = start + timedelta(rng.randint(150, 320))
    placed = ordered + timedelta(rng.randint(60, 240))
    end = placed + timedelta(rng.randint(120, 300))
    first = _stay(rng, "C1", rng.choice(["U5", "U6"]))
    waiting = replace(first, legal_status="E1")
    adopting = replace(waiting, place="A5") if first.place == "U5" else _stay(rng, "E1", "A6")
    steps[:] = [(start, first), (ordered, waiting), (placed, adopting)]
    decided = ordered - timedelta(rng.randint(10, 40))
    child.ssda903.append(Event("placed_adoption", decided, end, {"DATE_PLACED": decided}))
    number, sexes, legal = pick(rng, "adopters").split()
    values = {"DATE_INT": decided, "DATE_MATCH": placed - timedelta(14)}
    values |= {"FOSTER_CARE": "1" if adopting.place == "A5" else "0"}
    values |= {"NB_ADOPTR": number, "SEX_ADOPTR": sexes, "LS_ADOPTR": legal}
    child.ssda903.append(Event("ad1", end, end, values))
    return end, rng.choice(["E11", "E12"])


def _episodes(rng: Random, child: Child, steps: list[tuple[date, Stay]], end: date, ceased: str):
    """Adds an episode for each step, the reasons following from what changed between them."""
    home = postcode(rng) if child.need != "N8" else None
    was = None
    for (begins, now), (ends, after) in zip(steps, [*steps[1:], (end, None)], strict=True):
        temporary = after and "T" in (now.place[0], after.place[0])
        moved = None if temporary or not after else _reason_new(now, after)
        drawn = pick(rng, "reason_place_change")
        short = now.legal_status == "V4"
        values = {
            "DECOM": begins,
            "RNE": _reason_new(was, now) if was else "S",
            "LS": now.legal_status,
            "CIN": child.need,
            "PLACE": now.place,
            "PLACE_PROVIDER": now.provider,
            "DEC": ends,
            "REC": "X1" if after else ceased,
            "REASON_PLACE_CHANGE": {"P": drawn, "B": "CARPL", "T": "PLACE", "U": "PLACE"}.get(moved),
            "HOME_POST": None if short else home,
            "PL_POST": None if short or now.place[0] == "A" else now.postcode,
            "URN": now.urn,
        }
        child.ssda903.append(Event("episodes", begins, ends, values))
        was = now


def _reason_new(before: Stay, after: Stay) -> str:
    legal = before.legal_status != after.legal_status
    carer = before.carer != after.carer
    place = carer or (before.place, before.postcode) != (after.place, after.postcode)
    return REASON_NEW[legal, place, carer]


def _alongside(rng: Random, child: Child, start: date, end: date):
    """Adds what goes with a period of care: reviews, workers, missing incidents, an earlier permanence."""
    add = child.ssda903.append
    for day in every(rng, start, end, (15, 28), (75, 91), (150, 183)):
        part = "PN0" if age_at(child.birth, day) < 4 else pick(rng, "review_participation")
        add(Event("reviews", day, day, {"REVIEW": day, "REVIEW_CODE": part}))
    began = [start, *every(rng, start, end, (120, 500))]
    for day, until in zip(began, [*began[1:], end], strict=True):
        why = "FCONTA" if day == start else pick(rng, "sw_reason")
        values = {"SW_ID": f"SW{rng.randint(1000, 1999)}", "SW_DECOM": day, "SW_DEC": until, "SW_REASON": why}
        add(Event("sw_episodes", day, until, values))
    if rng.random() < 0.3:
        for day in every(rng, max(start, birthday(child.birth, 12)), end - timedelta(6), (5, 200)):
            back = day + timedelta(rng.randint(0, 4))
            values = {"MISSING": pick(rng, "missing_type"), "MIS_START": day, "MIS_END": back}
            add(Event("missing", day, back, values))
    if child.sex == "F" and end > birthday(child.birth, 16) and rng.random() < 0.1:
        child.first_baby = birthday(child.birth, 16) + timedelta(rng.randint(0, 500))
    if age_at(child.birth, start) < 6 and rng.random() < 0.15:
        _plan_adoption_in_vain(rng, child, start, end)
    values = {"PREV_PERM": pick(rng, "previous_permanence") if age_at(child.birth, start) >= 4 else "Z1"}
    if values["PREV_PERM"] != "Z1":
        exact = start - timedelta(rng.randint(200, 900))
        known = rng.choice([exact, f"zz/{exact:%m/%Y}", f"zz/zz/{exact:%Y}"])
        values |= {"LA_PERM": child.la_code, "DATE_PERM": known}
    add(Event("prev_perm", start, start, values))


def _plan_adoption_in_vain(rng: Random, child: Child, start: date, end: date):
    decided = start + timedelta(rng.randint(60, 200))
    reversed_on = decided + timedelta(rng.randint(30, 300))
    if reversed_on < end and all(event.table != "placed_adoption" for event in child.ssda903):
        values = {"DATE_PLACED": decided, "DATE_PLACED_CEASED": reversed_on}
        values["REASON_PLACED_CEASED"] = rng.choice(["RD1", "RD2", "RD3", "RD4"])
        child.ssda903.append(Event("placed_adoption", decided, reversed_on, values))


def _yearly(rng: Random, child: Child, start: date, end: date, years: range):
    """Adds what is asked at a year's end of those long in care, and around a birthday of those who left."""
    for year in years:
        closing = date(year, 3, 31)
        if start <= date(year - 1, 4, 1) and end >= closing:
            child.ssda903.append(_health(rng, age_at(child.birth, closing), closing))
    if age_at(child.birth, end) >= 16 and (end - max(start, birthday(child.birth, 14))).days >= 91:
        for age in range(17, 22):
            if birthday(child.birth, age) >= end:
                child.ssda903.append(_leaver(rng, age, birthday(child.birth, age)))


def _health(rng: Random, age: int, day: date) -> Event:
    def yes(share: float) -> str:
        return "1" if rng.random() < share else "0"

    values = {
        "CONVICTED": yes(0.03) if age >= 10 else None,
        "HEALTH_CHECK": yes(0.9) if age < 5 else None,
        "IMMUNISATIONS": yes(0.82),
        "TEETH_CHECK": yes(0.8),
        "HEALTH_ASSESSMENT": yes(0.91),
        "SUBSTANCE_MISUSE": yes(0.05) if age >= 10 else "0",
    }
    if 4 <= age <= 16:
        scored = rng.random() < 0.8
        values["SDQ_SCORE"] = str(rng.randint(3, 28)) if scored else None
        values["SDQ_REASON"] = None if scored else rng.choice(["SDQ2", "SDQ4", "SDQ5"])
    if values["SUBSTANCE_MISUSE"] == "1":
        values["INTERVENTION_RECEIVED"] = yes(0.5)
        values["INTERVENTION_OFFERED"] = yes(0.7) if values["INTERVENTION_RECEIVED"] == "0" else None
    return Event("oc2", day, day, values)


def _leaver(rng: Random, age: int, day: date) -> Event:
    touch = pick(rng, "in_touch")
    known = touch == "YES" or (touch != "RHOM" and rng.random() < 0.3)
    doing, living = pick(rng, "activity", day), pick(rng, by_age("accommodation", age))
    values = {"IN_TOUCH": touch, "ACTIV": doing if known else "0", "ACCOM": living if known else "0"}
    return Event("oc3", day, day, values)


def pick(rng: Random, weights: str, day: date | None = None, code_list: str | None = None) -> str:
    """A code by the weights of that name; with a day, one that counted in its return year."""
    year = day and day.year + (day >= date(day.year, 4, 1))
    codes = _weights(weights, year, code_list or weights)
    return rng.choices(list(codes), list(codes.values()))[0]


@cache
def _weights(name: str, year: int | None, code_list: str) -> dict[str, int]:
    if year is None:
        return WEIGHTS[name]
    owner = "ssda903" if code_list == "activity" else "cin"
    year = max(year, spec.returns()[owner].meta.years[0])  # what is older is reported in the codes of the first year
    counted = {code.code for code in spec.code_list(owner, code_list) if spec.within(code.years, year)}
    return {code: weight for code, weight in WEIGHTS[name].items() if code in counted}


def by_age(weights: str, age: int) -> str:
    """Name of the weights that hold at an age: the highest `_from_` not above it, else the plain name."""
    floors = [floor for floor in (10, 16, 18) if floor <= age and f"{weights}_from_{floor}" in WEIGHTS]
    return f"{weights}_from_{floors[-1]}" if floors else weights


def every(rng: Random, start: date, end: date, *gaps: tuple[int, int]) -> Iterator[date]:
    """Days after `start` and before `end`, the gaps drawn in turn and the last one again and again."""
    day, turn = start, 0
    while (day := day + timedelta(rng.randint(*gaps[min(turn, len(gaps) - 1)]))) < end:
        yield day
        turn += 1


def birthday(birth: date, age: int) -> date:
    """The day on which someone reaches an age; 1 March in common years for those born on 29 February."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def age_at(birth: date, day: date) -> int:
    """Completed years; negative before birth."""
    age = day.year - birth.year
    return age - (day < birthday(birth, age))


def weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(max(0, day.weekday() - 4))


def postcode(rng: Random) -> str:
    """A postcode in an area that does not exist."""
    return f"ZZ{rng.randint(1, 9)} {rng.randint(1, 9)}{rng.choice('ABDEFGH')}{rng.choice('JLNPQRST')}"


def made_up_upn(la_code: str, number: int, birth: date) -> str:
    """A pupil number of an imaginary school, unique within the authority, its check letter right."""
    digits = f"{la_code}{9000 + number // 1000:04}{(birth.year + 5) % 100:02}{number % 1000:03}"
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits
