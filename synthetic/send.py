"""Lives with special educational needs, as the SEN2 return of later years will ask for them.

Requests, assessments, plans, placements and reviews of children and young people up to 25, calibrated by authority to
the published figures of the return. Some of them are children whom the authority knows already as in need or in care;
the others are new people. A return of year y has its stock on the census day in January y and its flows in the
calendar year before: `years` are return years, and the flows begin in the calendar year before the first.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from synthetic import draw, send_details, send_requests, send_stock, targets

KNOWN = {"in_care": 0.5, "disabled": 0.5, "others": 0.14}  # of an authority's children, how many may be asked for
AGAIN = 0.15  # of requests refused, the share whose child is asked for again, where a later request fits
ALIKE = ["la_code", "sex", "ethnicity"]


def live(
    children: pl.DataFrame,
    las: Sequence[str],
    years: Sequence[int],
    seed: int,
    scale: float,
    in_care: pl.Series | None = None,
) -> dict[str, pl.DataFrame]:
    """The lives with special educational needs, by table; `children` is given back with the new people's rows.

    `in_care` are the `child_id` of children ever looked after, more of whom have plans.

    ehc_requests: request_id, child_id, la_code, received_date, source, is_rya, outcome (as it turned out: Y, N, W; A
    where nothing more is known), decision_date, is_exported, mediation and tribunal flags of the request, assessment
    and other matters, assessment_outcome (Y, N, W, A; null where there is no assessment), assessment_date (the plan
    issued, or the family told that there will be none), is_exception (to the 20 weeks).
    ehc_plans: plan_id, child_id, la_code, request_id (null: issued before the first year, or elsewhere), start_date,
    since (when this authority took it over), came_from (an authority of London, '' another, null: its own), cease_date
    (half-open), cease_reason, need, second_need, direct_payment, is_organised.
    ehc_placements, ehc_reviews and ehc_transfers: see `send_details`. Codes are those of SEN2.
    """
    census = send_details.census_days(range(years[0] - 1, years[-1] + 1))
    wanted = targets.wanted("send", las, census["return_year"].to_list(), scale)
    london = _london()
    horizon = census["census_date"].max()
    requests = send_requests.requests(wanted.filter(pl.col("return_year") >= years[0]), london, census, seed)
    issued = requests.filter(assessment_outcome="Y").select("request_id", "la_code", start_date="assessment_date")
    issued = issued.filter(pl.col("start_date") <= horizon)
    published = targets.published("send")["return_year"].max()
    plans = send_stock.plans(wanted, london, census, issued, published, seed)
    plans = plans.with_columns(plan_id=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    year, is_at_reference = send_details.reference(census)
    plans = plans.with_columns(at_reference=is_at_reference)
    mixes = targets.wanted("send_plans", las, [year], scale)
    requests = _joined(requests, plans)
    people = send_details.described(_people(requests, plans, year), mixes, london, seed)
    plans = plans.join(people.select("person", "need", "second_need"), on="person", maintain_order="left")
    plans = send_details.budgets(plans, mixes, seed)
    again = _asked_again(people, requests, seed)
    requests = requests.with_columns(pl.col("person").replace(again))
    people = people.filter(~pl.col("person").is_in(list(again)))
    known = _known(people, requests, plans, children, in_care, seed)
    born = known.select("person", known_birth="birth_date")
    plans = plans.join(born, on="person", how="left", maintain_order="left")
    plans = plans.with_columns(birth_date=pl.coalesce("known_birth", "birth_date")).drop("known_birth")
    records = _records(people, requests, plans, known, children)
    of_person = records.select("person", "la_code", "child_id")
    plans = plans.join(of_person, on=["person", "la_code"], how="left", maintain_order="left")
    requests = requests.join(of_person, on=["person", "la_code"], how="left", maintain_order="left")
    schools = send_details.establishments(sorted(las))
    return {
        "children": pl.concat([children, records.filter("is_new").select(children.columns)]),
        "ehc_requests": _of_request(requests),
        "ehc_plans": plans.select(
            *("plan_id", "child_id", "la_code", "request_id", "start_date", "since", "came_from", "cease_date"),
            *("cease_reason", "need", "second_need", "direct_payment", "is_organised"),
        ),
        "ehc_placements": send_details.placements(plans, schools, mixes, year, horizon, seed),
        "ehc_reviews": send_details.reviews(plans, mixes, census["census_date"].min(), horizon, seed),
        "ehc_transfers": send_details.transfers(plans, census["census_date"].min(), horizon, seed),
        "establishments": schools,
    }


def _london() -> pl.DataFrame:
    """London's shares: topic, group, value, n."""
    names = {"topic": pl.String, "group": pl.String, "value": pl.String, "n": pl.Float64}
    return pl.read_csv(targets.FOLDER / "send_london.csv", schema_overrides=names).select(*names)


def _joined(requests: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """The requests with `person` and birth date of the plan that came of them, or a new person's number."""
    of_plan = plans.filter(pl.col("request_id").is_not_null()).select("request_id", "person", plan_birth="birth_date")
    found = requests.join(of_plan, on="request_id", how="left", maintain_order="left")
    new = (plans["person"].max() or 0) + pl.col("request_id")
    return found.with_columns(
        person=pl.coalesce("person", new), birth_date=pl.coalesce("plan_birth", "birth_date")
    ).drop("plan_birth")


def _people(requests: pl.DataFrame, plans: pl.DataFrame, year: int) -> pl.DataFrame:
    """A row a person: person, la_code (the last that had a plan or a request), birth_date, band, at_reference."""
    last = plans.sort("person", "since").unique("person", keep="last", maintain_order=True)
    with_plan = last.select("person", "la_code", "birth_date", "at_reference", day="since")
    others = requests.filter(~pl.col("person").is_in(with_plan["person"].implode())).select(
        "person", "la_code", "birth_date", at_reference=pl.lit(False), day="received_date"
    )
    people = pl.concat([with_plan, others])
    at = pl.when("at_reference").then(year).otherwise(pl.col("day").dt.year() + 1)
    return people.with_columns(band=send_stock.band_of(send_stock.age_in(at)))


def _asked_again(people: pl.DataFrame, requests: pl.DataFrame, seed: int) -> dict[int, int]:
    """Who of those refused is asked for again: their number, and the person of the later request who they are."""
    rng = draw.generator(seed, "send", "again")
    asked = requests.join(people.drop("la_code", "birth_date"), on="person", maintain_order="left")
    refused = asked.filter(pl.col("kind") == "refused")
    refused = refused.filter(pl.Series(rng.random(refused.height)) < AGAIN)
    agreed = asked.filter(pl.col("outcome") == "Y")
    pairs = _alike(refused, agreed.select(*ALIKE, "birth_date", again="person", later="received_date"), rng)
    pairs = pairs.filter(pl.col("later") > pl.col("decision_date").dt.offset_by("60d"))
    return dict(zip(pairs["person"], pairs["again"], strict=True))


def _alike(rows: pl.DataFrame, others: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Each row beside one of `others` of the same authority, sex, ethnicity and school year, by lot, none twice."""

    def numbered(frame: pl.DataFrame) -> pl.DataFrame:
        frame = frame.with_columns(cohort=send_stock.age_in(pl.lit(2100)), lot=pl.Series(rng.random(frame.height)))
        return frame.with_columns(turn=pl.col("lot").rank("ordinal").over(*ALIKE, "cohort")).drop("lot")

    return numbered(rows).join(
        numbered(others).drop("birth_date"), on=[*ALIKE, "cohort", "turn"], maintain_order="left"
    )


def _known(
    people: pl.DataFrame,
    requests: pl.DataFrame,
    plans: pl.DataFrame,
    children: pl.DataFrame,
    in_care: pl.Series | None,
    seed: int,
) -> pl.DataFrame:
    """The people whom the authority knows already: person, child_id, person_id, birth_date (that of the record).

    They are people of one authority only, like the child of the record in sex, ethnicity and school year.
    """
    rng = draw.generator(seed, "send", "known")
    settled = _places(requests, plans).group_by("person").len().filter(pl.col("len") == 1)["person"]
    dead = plans.filter(cease_reason="8")["person"]
    free = people.filter(pl.col("person").is_in(settled.implode()), ~pl.col("person").is_in(dead.implode()))
    chance = pl.when(pl.col("disabilities").list.len() > 0).then(KNOWN["disabled"]).otherwise(KNOWN["others"])
    if in_care is not None:
        chance = pl.when(pl.col("child_id").is_in(in_care.unique().implode())).then(KNOWN["in_care"]).otherwise(chance)
    fits = children.filter(pl.col("death_date").is_null(), pl.col("birth_date").is_not_null(), ~pl.col("is_uasc"))
    fits = fits.sort("child_id").filter(pl.Series(rng.random(fits.height)) < chance)
    record = fits.select(*ALIKE, "birth_date", "child_id", "person_id", known_birth="birth_date")
    pairs = _alike(free.sort("person"), record, rng)
    return pairs.select("person", "child_id", "person_id", birth_date="known_birth")


def _places(requests: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Which authorities have a record of a person: person, la_code."""
    both = pl.concat([plans.select("person", "la_code"), requests.select("person", "la_code")])
    return both.unique().sort("person", "la_code")


def _records(
    people: pl.DataFrame, requests: pl.DataFrame, plans: pl.DataFrame, known: pl.DataFrame, children: pl.DataFrame
) -> pl.DataFrame:
    """A row for each authority's record of a person, in the columns of `children`, with `person` and `is_new`."""
    deaths = plans.filter(cease_reason="8").select("person", death_date="cease_date")
    rows = (
        _places(requests, plans)
        .join(people.drop("la_code"), on="person", maintain_order="left")
        .join(deaths, on="person", how="left", maintain_order="left")
        .join(
            known.select("person", "child_id", known_person="person_id"), on="person", how="left", maintain_order="left"
        )
    )
    next_person, next_child, next_household = (
        (children[name].max() or 0) for name in ("person_id", "child_id", "household_id")
    )
    rows = rows.with_columns(
        is_new=pl.col("child_id").is_null(),
        person_id=pl.coalesce("known_person", next_person + pl.col("person")),
    )
    rows = rows.with_columns(
        child_id=pl.coalesce("child_id", next_child + pl.col("is_new").cum_sum().cast(pl.Int64)),
        household_id=next_household + pl.col("person"),
        is_uasc=pl.lit(False),
        disabilities=pl.lit([], pl.List(pl.String)),
    )
    missing = [name for name in children.columns if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None).alias(name) for name in missing)
    return rows.select("person", "is_new", *(pl.col(name).cast(kind) for name, kind in children.schema.items()))


def _of_request(requests: pl.DataFrame) -> pl.DataFrame:
    return requests.with_columns(is_exported=pl.col("kind") == "exported").select(
        *("request_id", "child_id", "la_code", "received_date", "source", "is_rya", "outcome", "decision_date"),
        *("is_exported", "request_mediation", "request_tribunal", "assessment_outcome", "assessment_date"),
        *("is_exception", "assessment_mediation", "assessment_tribunal", "other_mediation", "other_tribunal"),
    )
