"""The answer key's counts of the Annex A lists: who is on each list of a day, by the definitions of the measures."""

from datetime import date

import polars as pl

from synthetic import key_annex_a_care
from synthetic.key_annex_a_lists import IN_CARE, ON_A_PLAN, WHO_ON_LISTS, Lists
from synthetic.key_counts import WHERE, WHO, count, exact, middle, populations

EVERY = pl.lit(1)
A_YEAR = 365.25
STEPS = {  # from one list to the next: the list and the day that counts
    "A1201-1": (("contacts", "contact_date"), ("referrals", "referral_date")),
    "A1201-3": (("referrals", "referral_date"), ("assessments", "start_date")),
    "A1201-4": (("assessments", "start_date"), ("enquiries", "start_date")),
    "A1201-5": (("enquiries", "start_date"), ("plans", "start_date")),
    "A1201-7": (("plans", "start_date"), ("children_in_care", "start_date")),
}


def counts(lives: dict[str, pl.DataFrame], sent: pl.DataFrame) -> pl.DataFrame:
    """Numerators and denominators of what the lists count, for the returns in `sent`, which has their `period_end`.

    Columns as in `key_cin`, and `period_end`: a year has several days.
    """
    days = sent["period_end"].unique().sort().to_list()
    return pl.concat([_of_day(lives, sent.filter(period_end=day).select(WHERE), day) for day in days])


def _of_day(lives: dict[str, pl.DataFrame], sent: pl.DataFrame, day: date) -> pl.DataFrame:
    lists = Lists(lives, sent, day)
    themes = (
        *(_contacts, _early_help, _referrals, _assessments, _enquiries, _in_need, _plans),
        *(_journey, _disagreements, *key_annex_a_care.THEMES),
    )
    return pl.concat([counted for theme in themes for counted in theme(lists, sent)]).with_columns(
        period_end=pl.lit(day)
    )


def _children(things: pl.DataFrame) -> pl.DataFrame:
    return things.unique("child_id", maintain_order=True)


def _contacts(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    contacts = lists.contacts
    several = contacts.filter(pl.col("child_id").is_duplicated())["child_id"]
    return [
        count("A101", contacts, sent, [*WHO, "source"]),
        count("A101-C", _children(contacts), sent, WHO),
        count("A103", _children(contacts), sent, WHO, pl.col("child_id").is_in(several.implode()), EVERY),
        count("A104", contacts, sent, WHO, pl.col("is_followed"), EVERY),
    ]


def _early_help(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    helped = lists.early_help
    return [
        count("A201", helped, sent, WHO),
        count("A201-C", _children(helped), sent, WHO),
        count("A202", helped, sent, WHO, lists.known("end"), EVERY),
        middle("A203", helped, sent, WHO, pl.col("days")),
        count("A205", _children(helped), sent, WHO, pl.col("is_referred"), EVERY),
    ]


def _referrals(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    referrals = lists.referrals
    days = pl.select((lists.day - lists.day.dt.offset_by("-6mo")).dt.total_days()).item()
    children = populations().filter(denominator_count="population 0 to 17").select(*WHERE, "population")
    rate = count("A302", referrals, sent, []).join(children, on=WHERE, how="left", maintain_order="left")
    return [
        count("A301", referrals, sent, [*WHO, "source"]),
        count("A301-C", _children(referrals), sent, WHO),
        rate.with_columns(denominator=exact(pl.col("population") * days / A_YEAR)).drop("population"),
        count("A303", referrals, sent, WHO, pl.col("is_nfa"), EVERY),
        count("A304", _children(referrals), sent, WHO, pl.col("is_again"), EVERY),
    ]


def _assessments(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.assessments
    done, unfinished = every.filter("is_done"), every.filter(~pl.col("is_done"))
    days = pl.col("days")
    return [
        count("A401", done, sent, WHO_ON_LISTS),
        count("A401-C", _children(done), sent, WHO_ON_LISTS),
        count("A401-O", unfinished, sent, WHO_ON_LISTS),
        count("A401-OC", _children(unfinished), sent, WHO_ON_LISTS),
        count("A402", done, sent, WHO_ON_LISTS, days <= 45, EVERY),
        middle("A403", done, sent, WHO_ON_LISTS, days),
        middle("A403-O", unfinished, sent, WHO_ON_LISTS, days),
        count("A404", unfinished, sent, WHO_ON_LISTS, days > 45, EVERY),
        count(
            "A405", done, sent, WHO_ON_LISTS, pl.col("child_seen") == "YES", pl.col("child_seen").is_in(["YES", "NO"])
        ),
        count("A406", done, sent, WHO_ON_LISTS, pl.col("is_social_care_required"), EVERY),
    ]


def _enquiries(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    enquiries = lists.enquiries
    held, undecided = enquiries.filter("is_held"), enquiries.filter("is_undecided")
    said = pl.col("icpc_not_required")
    return [
        count("A501", enquiries, sent, WHO_ON_LISTS),
        count("A501-C", _children(enquiries), sent, WHO_ON_LISTS),
        count("A502", enquiries, sent, WHO_ON_LISTS, pl.col("is_held"), EVERY),
        count("A503", enquiries, sent, WHO_ON_LISTS, said == "YES", said.is_in(["YES", "NO"])),
        count("A504", held, sent, WHO_ON_LISTS, pl.col("days") <= 15, EVERY),
        count("A505", held, sent, WHO_ON_LISTS, pl.col("is_planned"), EVERY),
        count("A506", _children(enquiries), sent, WHO_ON_LISTS, pl.col("is_again"), EVERY),
        count("A506-C", _children(enquiries), sent, WHO_ON_LISTS, pl.col("is_conference_again"), EVERY),
        count("A507", undecided, sent, WHO_ON_LISTS, pl.col("days") > 15, EVERY),
    ]


def _in_need(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.children_in_need
    closed, stock = every.filter("is_closed"), every.filter(~pl.col("is_closed"))
    plans = stock.filter(case_status="Child in need plan")
    weeks = {
        name: (plans.filter(lists.days_since("referral_date") >= days), lists.days_since("last_seen_date") <= days)
        for name, days in (("A605", 28), ("A605-6", 42))
    }
    return [
        count("A601", stock, sent, [*WHO_ON_LISTS, "case_status", "primary_need"]),
        count("A602", stock, sent, []),
        count("plans in need", plans, sent, ["time_open"]),
        *(count(name, due, sent, WHO_ON_LISTS, seen, EVERY) for name, (due, seen) in weeks.items()),
        count("cases closed", closed, sent, ["closure_reason"]),
        count("A607", stock, sent, WHO_ON_LISTS, pl.col("allocated_worker").is_null(), EVERY),
    ]


def _plans(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.plans
    stock = every.filter(~pl.col("is_closed"))
    begun, ended = every.filter(lists.lately("start_date")), every.filter("is_closed")
    two_years = pl.col("start_date").dt.offset_by("24mo")
    on_plan_10 = stock.filter(pl.col("working_days") >= 10)
    weeks = {
        name: (stock.filter(lists.days_since("start_date") >= days), lists.days_since("last_visit_date") <= days)
        for name, days in (("A707-4", 28), ("A707-6", 42))
    }
    alone = pl.col("seen_alone")
    due = stock.filter(lists.has_lasted("start_date", 3))
    return [
        count("A701", stock, sent, [*WHO_ON_LISTS, "category_of_abuse", "initial_category", "time_on_plan"]),
        count("A702", begun, sent, WHO_ON_LISTS),
        count("A702-E", ended, sent, WHO_ON_LISTS),
        count("A704", begun, sent, WHO_ON_LISTS, pl.col("previous_plans") >= 1, EVERY),
        count("A705", stock, sent, WHO_ON_LISTS, two_years < lists.day, EVERY),
        count("A705-E", ended, sent, WHO_ON_LISTS, two_years < pl.col("end_date"), EVERY),
        count("A707", on_plan_10, sent, WHO_ON_LISTS, pl.col("working_days_since_visit") <= 10, EVERY),
        *(count(name, on_plan, sent, WHO_ON_LISTS, seen, EVERY) for name, (on_plan, seen) in weeks.items()),
        count("A708", stock, sent, WHO_ON_LISTS, alone == "YES", alone.is_in(["YES", "NO"])),
        count("A709", due, sent, WHO_ON_LISTS, pl.col("is_reviewed"), EVERY),
        count("A710", every, sent, WHO_ON_LISTS, pl.col("is_protected"), EVERY),
        count("A607-7", stock, sent, WHO_ON_LISTS, pl.col("allocated_worker").is_null(), EVERY),
    ]


def _journey(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    found = []
    for measure_id, ((here, day), (there, later)) in STEPS.items():
        first = getattr(lists, here).group_by("child_id", *WHERE, *WHO).agg(first=pl.col(day).min())
        last = getattr(lists, there).group_by("child_id").agg(last=pl.col(later).max())
        went_on = first.join(last, on="child_id", how="left").with_columns(
            is_later=(pl.col("last") > pl.col("first")).fill_null(value=False)
        )
        found.append(count(measure_id, went_on, sent, WHO, pl.col("is_later"), EVERY))
    return found


def _disagreements(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    in_need, in_care = lists.children_in_need, lists.children_in_care

    def without(things: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
        return _children(things).join(others, on="child_id", how="anti", maintain_order="left")

    care = in_need.filter(case_status=IN_CARE)
    known = in_need.filter(pl.col("case_status").is_in([IN_CARE, ON_A_PLAN]))
    return [
        count("A1202-7", without(lists.plans.filter(~pl.col("is_closed")), known), sent, []),
        count("A1202-8", without(in_care.filter(~pl.col("is_closed")), care), sent, []),
        count("A1202-10", without(lists.adoptions, in_care), sent, []),
    ]
