"""The answer key's counts of the Annex A lists of care, care leavers and adoption (8 to 11)."""

import polars as pl

from synthetic.key_annex_a_lists import WHO_ON_LISTS, Lists
from synthetic.key_counts import count

EVERY = pl.lit(1)
SPLIT_BY = ["legal_status", "placement", "provider", "placement_location", "time_in_care"]
STAGES = {  # of adopters, from the last to the first: the day that shows it, and the stage
    **{"adoption_order_date": "Adopted", "placed_date": "Child placed", "matched_date": "Matched"},
    **{"stage2_end_date": "Approved", "stage2_start_date": "Stage 2", "stage1_end_date": "Stage 1 ended"},
    **{"stage1_start_date": "Stage 1", "enquiry_date": "Enquiry"},
}
ADOPTION_TIMES = {  # of children adopted: days from one day to another
    "A1002": ("entered", "placed_date"),
    "A1002-F": ("entered", "first_placed"),
    "A1003": ("placement_order_date", "date_match"),
    "A1005": ("date_placed", "placement_order_date"),
    "A1005-P": ("date_match", "placed_date"),
    "A1005-O": ("placed_date", "adoption_date"),
}
ADOPTION_LIMITS = {"A1004": ("A1002", 426), "A1004-M": ("A1003", 121)}


def _in_care(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.children_in_care
    stock = every.filter(~pl.col("is_closed"))
    begun, ceased = every.filter(lists.lately("start_date")), every.filter("is_closed")
    long_term = stock.filter(lists.has_lasted("start_date", 30), pl.col("age") < 16)
    settled = stock.filter(lists.has_lasted("start_date", 4))
    return [
        count("A801", stock, sent, [*WHO_ON_LISTS, *SPLIT_BY]),
        count("A802", begun, sent, WHO_ON_LISTS),
        count("A802-E", ceased, sent, [*WHO_ON_LISTS, "reason_ceased"]),
        count("A803", stock, sent, WHO_ON_LISTS, pl.col("is_alone"), EVERY),
        count("A804-V2", stock, sent, WHO_ON_LISTS, pl.col("legal_status_code") == "V2", EVERY),
        count("A806", stock, sent, WHO_ON_LISTS, pl.col("placements") >= 3, EVERY),
        count("A807", long_term, sent, WHO_ON_LISTS, lists.has_lasted("placed", 24), EVERY),
        count("A813", settled, sent, WHO_ON_LISTS, pl.col("permanence_plan").is_not_null(), EVERY),
        count("A816", begun, sent, WHO_ON_LISTS, pl.col("is_again"), EVERY),
        count("A607-8", stock, sent, WHO_ON_LISTS, pl.col("allocated_worker").is_null(), EVERY),
    ]


def _checks(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    stock = lists.children_in_care.filter(~pl.col("is_closed"))
    of_a_year = stock.filter(lists.has_lasted("start_date", 12))
    reviewable = stock.filter(pl.col("working_days") > 20)
    contacted = (pl.col("last_iro_contact_date") > pl.col("review_date")).fill_null(value=False)
    health = "last_health_assessment_date"
    is_well = pl.when(pl.col("age") < 5).then(lists.lately(health)).otherwise(lists.lately(health, 12))
    has_teeth = lists.lately("last_dental_check_date", 12)
    was_missing, was_absent = pl.col("missing") >= 1, pl.col("absent") >= 1
    gone = stock.filter(was_missing)
    is_offered, is_accepted = (
        (pl.col(f"return_interview_{what}") == "YES").fill_null(value=False) for what in ("offered", "accepted")
    )
    return [
        count("A808", stock, sent, WHO_ON_LISTS, lists.days_since("last_visit_date") <= 42, EVERY),
        count("A809", reviewable, sent, WHO_ON_LISTS, lists.lately("review_date"), EVERY),
        count("A810", stock, sent, WHO_ON_LISTS, contacted, EVERY),
        count("A811", of_a_year, sent, WHO_ON_LISTS, is_well, EVERY),
        count("A811-A", stock, sent, WHO_ON_LISTS, is_well, EVERY),
        count("A812", of_a_year, sent, WHO_ON_LISTS, has_teeth, EVERY),
        count("A812-A", stock, sent, WHO_ON_LISTS, has_teeth, EVERY),
        count("A814", stock, sent, WHO_ON_LISTS, was_missing, EVERY),
        count("A814-E", stock, sent, WHO_ON_LISTS, pl.col("missing")),
        count("A814-A", stock, sent, WHO_ON_LISTS, was_absent, EVERY),
        count("A814-AE", stock, sent, WHO_ON_LISTS, pl.col("absent")),
        count("A815", gone, sent, WHO_ON_LISTS, is_offered, EVERY),
        count("A815-A", gone.filter(is_offered), sent, WHO_ON_LISTS, is_accepted, EVERY),
    ]


def _care_leavers(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.care_leavers
    in_touch, expected = every.filter("is_in_touch"), every.filter(~pl.col("is_gone"))
    of_2024 = every.filter("is_of_2024")
    home, does = pl.col("accommodation"), pl.col("activity")
    is_housed, is_busy = home.str.contains("^[A-Z]1"), does.str.contains("^[FP]")
    says_home, says_does = home.str.contains("^[A-Z][12]"), does.str.contains("^[FPG]")
    touched = pl.col("is_in_touch")
    return [
        count("A901", every, sent, [*WHO_ON_LISTS, "eligibility", "age"]),
        count("A902", expected, sent, WHO_ON_LISTS, touched, EVERY),
        count("A903", in_touch, sent, WHO_ON_LISTS, is_housed, says_home),
        count("A903-A", expected, sent, WHO_ON_LISTS, touched & is_housed, EVERY),
        count("care leavers in touch", in_touch, sent, ["lives_in"]).with_columns(
            pl.col("breakdown").replace("lives_in", "accommodation")
        ),
        count("A904-Z", in_touch, sent, WHO_ON_LISTS, home.str.starts_with("Z"), EVERY),
        count("A905", in_touch, sent, WHO_ON_LISTS, is_busy, says_does),
        count("A905-A", expected, sent, WHO_ON_LISTS, touched & is_busy, EVERY),
        count("A906", of_2024, sent, WHO_ON_LISTS, lists.lately("pathway_plan_review_date"), EVERY),
        count("A907", of_2024, sent, WHO_ON_LISTS, pl.col("personal_adviser").is_not_null(), EVERY),
        count("A908", of_2024, sent, WHO_ON_LISTS, lists.days_since("last_contact_date") <= 56, EVERY),
    ]


def _adoptions(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.adoptions.with_columns(first_placed=pl.min_horizontal("placed_date", "ffa_placed_date"))
    adopted, reversed_ones = every.filter("is_adopted"), every.filter("is_reversed")
    days = {
        measure_id: (pl.col(last) - pl.col(first)).dt.total_days()
        for measure_id, (first, last) in ADOPTION_TIMES.items()
    }
    limits = {measure_id: (days[of] <= limit, days[of]) for measure_id, (of, limit) in ADOPTION_LIMITS.items()}
    return [
        count("A1001", adopted, sent, WHO_ON_LISTS),
        count("A1001-W", every.filter("is_waiting"), sent, WHO_ON_LISTS),
        count("A1001-R", reversed_ones, sent, [*WHO_ON_LISTS, "reversal_reason"]),
        *(count(name, adopted, sent, WHO_ON_LISTS, number, number.is_not_null()) for name, number in days.items()),
        *(
            count(name, adopted, sent, WHO_ON_LISTS, soon, number.is_not_null())
            for name, (soon, number) in limits.items()
        ),
    ]


def _adopters(lists: Lists, sent: pl.DataFrame) -> list[pl.DataFrame]:
    every = lists.adopters
    stage = pl.coalesce(pl.when(lists.known(day)).then(pl.lit(name)) for day, name in STAGES.items())
    families = every.sort("enquiry_date", "adopter_id", descending=[True, False])
    families = families.unique(["la_code", "family_id"], keep="first", maintain_order=True)
    matched = families.filter(lists.lately("matched_date", 12))
    to_match = (pl.col("matched_date") - pl.col("stage2_end_date")).dt.total_days()
    approved = families.filter(lists.known("stage2_end_date"))
    stages = {
        measure_id: (
            every.filter(lists.lately(f"{name}_end_date", 12)),
            pl.col(f"{name}_start_date").dt.offset_by(f"{months}mo") >= pl.col(f"{name}_end_date"),
        )
        for measure_id, name, months in (("A1102", "stage1", 2), ("A1102-2", "stage2", 4))
    }
    return [
        count("A1101", every.with_columns(adoption_stage=stage), sent, ["adoption_stage"]),
        count("A1101-F", families, sent, []),
        *(count(name, ended, sent, [], in_time, EVERY) for name, (ended, in_time) in stages.items()),
        count("A1103", matched, sent, [], to_match, to_match.is_not_null()),
        count("A1104", approved, sent, [], pl.col("fostering_for_adoption") == "YES", EVERY),
        count("adopters who left", every.clear(), sent, []),  # the report knows of none
    ]


THEMES = (_in_care, _checks, _care_leavers, _adoptions, _adopters)
