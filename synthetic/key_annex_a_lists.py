"""Who and what belongs on each of the Annex A lists of a day, from the lives; what lies after the day is not known.

Contacts, early help, adopters, and of the other lists visits, checks, answers and names of workers are made up by the
report (`synthetic/reports/annex_a.py`) and for no life: these alone are taken from its rows.
"""

from datetime import date
from functools import cached_property

import polars as pl

from synthetic import key_ssda903
from synthetic.key_cin import NOT_IN_NEED
from synthetic.key_counts import WHO, age, as_in_need, duration, group_of, seed, working_days
from synthetic.reports import annex_a, year_of

PROTECTED = ["L1", "L2"]  # police protection and emergency protection orders
IN_CARE, ON_A_PLAN = "Looked after child", "Child Protection plan"
AWAY = "M"
WHO_ON_LISTS = [*WHO, "disability"]  # contacts, early help and referrals do not ask for the last one
LATER = {  # what the layout of 2024 asks of care leavers
    "pathway_plan_review_date": pl.Date,
    "personal_adviser": pl.String,
    "last_contact_date": pl.Date,
}
TIME_IN_CARE = {6: "Under 6 months", 12: "6 to under 12 months", 24: "1 to under 2 years", 60: "2 to under 5 years"}


class Lists:
    """The lists of a day of the authorities that sent them, with a row for each thing that is listed.

    All but that of adopters have `child_id`, and sex, age band, ethnic group and disability of the child on the day.
    """

    def __init__(self, lives: dict[str, pl.DataFrame], sent: pl.DataFrame, day: date):
        self.lives, self.sent, self.day, self.year = lives, sent, pl.lit(day), year_of(day)
        self.made_up = annex_a.rows(lives, None, day)
        self.of_child = lives["children"].select("child_id", "la_code").unique(maintain_order=True)
        of_need = lives["episodes"].filter(pl.col("referral_date") <= day)
        self.of_need = of_need.select("episode_id", "child_id", "closure_reason")
        self.care = lives["periods"].filter(~pl.col("is_short_breaks"), pl.col("start_date") <= day)

    def lately(self, day: str, months: int = 6) -> pl.Expr:
        """Whether a day lies in the months before, the day of the lists itself within."""
        return pl.col(day).is_between(self._before(months), self.day, closed="right").fill_null(value=False)

    def there(self, start: str, end: str, months: int = 0) -> pl.Expr:
        """Whether a spell is open on the day, or was after so many months before."""
        return (pl.col(start) <= self.day) & (pl.col(end).is_null() | (pl.col(end) > self._before(months)))

    def has_lasted(self, start: str, months: int) -> pl.Expr:
        """Whether something has gone on for so many months."""
        return pl.col(start).dt.offset_by(f"{months}mo") <= self.day

    def days_since(self, day: str) -> pl.Expr:
        """Days from a day to that of the lists."""
        return (self.day - pl.col(day)).dt.total_days()

    def known(self, day: str) -> pl.Expr:
        """Whether a day has come."""
        return (pl.col(day) <= self.day).fill_null(value=False)

    def _before(self, months: int) -> pl.Expr:
        return self.day.dt.offset_by(f"-{months}mo")

    def _about(self, things: pl.DataFrame) -> pl.DataFrame:
        """Things of the authorities that sent their lists, with who the child is."""
        found = things.drop("la_code", strict=False).join(self.of_child, on="child_id", maintain_order="left")
        found = as_in_need(found.join(self.sent, on="la_code", maintain_order="left"), self.lives["children"], self.day)
        is_disabled = (pl.col("birth_date") <= self.day) & (pl.col("disabilities").list.len() > 0)
        return found.with_columns(disability=pl.when(is_disabled).then(pl.lit("Yes")).otherwise(pl.lit("No")))

    def _made_up(self, name: str) -> pl.DataFrame:
        return self.made_up[name].drop("child_id").rename({"_child_id": "child_id"})

    def _with_made_up(self, things: pl.DataFrame, name: str, *columns: str, on: dict[str, str]) -> pl.DataFrame:
        """Things with columns that only the report has, by the child and the day in its list."""
        rows = self._made_up(name).rename(on).select("child_id", *on.values(), *columns)
        return things.join(rows, on=["child_id", *on.values()], how="left", maintain_order="left")

    def _in_need(self, name: str) -> pl.DataFrame:
        return self.lives[name].join(self.of_need, on="episode_id", maintain_order="left")

    def _earlier(self, listed: pl.DataFrame, of: str, things: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
        """What is listed, and whether the child has such a thing in the 12 months before the latest day listed."""
        latest = listed.group_by("child_id").agg(latest=pl.col(of).max())
        back = (pl.col("latest") > pl.col(day)) & (pl.col("latest").dt.offset_by("-12mo") <= pl.col(day))
        again = things.join(latest, on="child_id").filter(back)
        return listed.with_columns(pl.col("child_id").is_in(again["child_id"].implode()).alias(name))

    @cached_property
    def contacts(self) -> pl.DataFrame:
        """List 1, with whether a referral followed within 14 days."""
        listed = self._made_up("contacts").filter(self.lately("contact_date")).with_row_index("contact")
        days = (pl.col("referral_date") - pl.col("contact_date")).dt.total_days()
        followed = listed.join(self.referrals, on="child_id").filter(days.is_between(0, 14))
        return self._about(listed).with_columns(
            is_followed=pl.col("contact").is_in(followed["contact"].implode()), source=_source("contact_source")
        )

    @cached_property
    def early_help(self) -> pl.DataFrame:
        """List 2: begun in the six months or open, with whether the child was referred after its first began."""
        listed = self._made_up("early_help").rename(
            {"assessment_start_date": "start", "assessment_completion_date": "end"}
        )
        listed = listed.filter(self.lately("start") | self.there("start", "end"))
        first = listed.group_by("child_id").agg(first=pl.col("start").min())
        referred = self.referrals.join(first, on="child_id").filter(pl.col("referral_date") > pl.col("first"))
        return self._about(listed).with_columns(
            days=pl.when(self.lately("end")).then((pl.col("end") - pl.col("start")).dt.total_days()),
            is_referred=pl.col("child_id").is_in(referred["child_id"].implode()),
        )

    @cached_property
    def referrals(self) -> pl.DataFrame:
        """List 3, with whether the child was referred before."""
        every = self.lives["episodes"].unique(["child_id", "referral_date", "source"], maintain_order=True)
        listed = every.filter(self.lately("referral_date"))
        listed = self._earlier(listed, "referral_date", every, "referral_date", "is_again")
        return self._about(listed.with_columns(source=_source("source")))

    @cached_property
    def assessments(self) -> pl.DataFrame:
        """List 4, with working days up to the day where they are open."""
        start, end = "start_date", "authorisation_date"
        listed = self._in_need("assessments").filter(self.there(start, end, 6))
        listed = listed.unique(["child_id", start], maintain_order=True)
        listed = self._with_made_up(listed, "assessments", "child_seen", on={"assessment_start_date": start})
        listed = self._about(listed.with_columns(is_done=self.known(end), last=pl.min_horizontal(end, self.day)))
        return listed.with_columns(
            days=working_days(listed, start, "last"),
            is_social_care_required=~pl.col("closure_reason").is_in(NOT_IN_NEED).fill_null(value=False),
        )

    @cached_property
    def enquiries(self) -> pl.DataFrame:
        """List 5, with what became of each enquiry and whether the child had one, or a conference, before."""
        start, held = "start_date", "conference_date"
        every = self._in_need("section_47s").unique(["child_id", start], maintain_order=True)
        listed = every.filter(self.lately(start))
        listed = self._earlier(listed, start, every, start, "is_again")
        listed = self._earlier(listed, start, every, held, "is_conference_again")
        plans = self.lives["cp_plans"].select("episode_id", pl.col("start_date").alias(held), is_planned=True).unique()
        listed = listed.join(plans, on=["episode_id", held], how="left", maintain_order="left")
        not_required = {"strategy_discussion_date": start}
        listed = self._with_made_up(listed, "section_47", "icpc_not_required", on=not_required)
        listed = self._about(listed.with_columns(is_held=self.known(held), last=pl.min_horizontal(held, self.day)))
        return listed.with_columns(
            days=working_days(listed, start, "last"),
            is_planned=pl.col("is_held") & pl.col("is_planned").fill_null(value=False),
            is_undecided=~pl.col("is_held") & pl.col("icpc_not_required").is_null(),
        )

    @cached_property
    def children_in_need(self) -> pl.DataFrame:
        """List 6: the latest case of each child that was taken up."""
        taken_up = self.lives["episodes"].filter(~pl.col("is_nfa"), self.there("referral_date", "closure_date", 6))
        listed = _latest(taken_up, "referral_date")
        status = pl.when(pl.col("child_id").is_in(self._in_care_now().implode())).then(pl.lit(IN_CARE))
        status = status.when(self.known("closure_date")).then(pl.lit("Closed episode"))
        for name, end, label in (
            ("cp_plans", "end_date", ON_A_PLAN),
            ("cin_plans", "end_date", "Child in need plan"),
            ("assessments", "authorisation_date", "Open assessment"),
        ):
            there = self.lives[name].filter(self.there("start_date", end))["episode_id"]
            status = status.when(pl.col("episode_id").is_in(there.implode())).then(pl.lit(label))
        listed = self._with_made_up(listed, "children_in_need", "last_seen_date", "allocated_worker", on={})
        return self._about(listed).with_columns(
            is_closed=self.known("closure_date"),
            case_status=status.otherwise(pl.lit("Child in need plan")),
            primary_need=_label("primary_need", "primary_need"),
            closure_reason=_label("closure_reason", "cin_closure_reason"),
            time_open=duration(pl.col("referral_date"), self.day),
        )

    def _in_care_now(self) -> pl.Series:
        return self.care.filter(self.there("start_date", "end_date"))["child_id"]

    @cached_property
    def plans(self) -> pl.DataFrame:
        """List 7: the latest protection plan of each child."""
        listed = _latest(self._in_need("cp_plans").filter(self.there("start_date", "end_date", 6)), "start_date")
        reviews = self.lives["cp_reviews"].filter(self.lately("review_date"))
        protected = self.lives["care_episodes"].filter(
            pl.col("legal_status").is_in(PROTECTED), self.there("start_date", "end_date", 6)
        )
        visits = ("last_visit_date", "seen_alone", "allocated_worker")
        listed = self._about(self._with_made_up(listed, "child_protection", *visits, on={}).with_columns(last=self.day))
        return listed.with_columns(
            is_closed=self.known("end_date"),
            is_reviewed=pl.col("plan_id").is_in(reviews["plan_id"].implode()),
            is_protected=pl.col("child_id").is_in(protected["child_id"].implode()),
            working_days=working_days(listed, "start_date", "last"),
            working_days_since_visit=working_days(listed, "last_visit_date", "last"),
            category_of_abuse=_label("latest_category", "abuse_category"),
            initial_category=_label("initial_category", "abuse_category"),
            time_on_plan=duration(pl.col("start_date"), self.day),
        )

    @cached_property
    def children_in_care(self) -> pl.DataFrame:
        """List 8: the latest period of care of each child, with its placement and legal status."""
        listed = _latest(self.care.filter(self.there("start_date", "end_date", 6)), "start_date").drop("need")
        stays = self.lives["care_episodes"].filter(pl.col("start_date") <= self.day).sort("period_id", "start_date")
        stays = stays.rename({"legal_status": "legal_status_code"}).group_by("period_id")
        stays = stays.agg(pl.col("legal_status_code", "placement_type", "provider").last())
        moves = key_ssda903.placements(self.lives).filter(pl.col("start_date") <= self.day)
        placed = moves.group_by("period_id").agg(placed=pl.col("start_date").max())
        of_year = moves.filter(self.there("start_date", "end_date", 12)).group_by("child_id").len("placements")
        listed = listed.join(stays, on="period_id", how="left").join(placed, on="period_id", how="left")
        listed = listed.join(of_year, on="child_id", how="left")
        for name, gone in (("missing", pl.col("missing") == AWAY), ("absent", pl.col("missing") != AWAY)):
            away = self.lives["missing"].filter(gone, self.lately("start_date", 12))
            away = away.join(listed.select("child_id", began="start_date"), on="child_id")
            away = away.filter(pl.col("start_date") >= pl.col("began")).group_by("child_id").len(name)
            listed = listed.join(away, on="child_id", how="left").with_columns(pl.col(name).fill_null(0))
        reviews = self.lives["care_reviews"].filter(pl.col("review_date") <= self.day)
        reviews = reviews.join(listed.select("child_id", began="start_date"), on="child_id")
        reviews = reviews.filter(pl.col("review_date") >= pl.col("began"))
        listed = listed.join(reviews.group_by("child_id").agg(pl.col("review_date").max()), on="child_id", how="left")
        before = self.care.filter(self.lately("end_date", 12)).join(
            listed.select("child_id", now="period_id"), on="child_id"
        )
        before = before.filter(pl.col("period_id") != pl.col("now"))["child_id"]
        alone = self.lives["uasc"].filter(self.there("start_date", "end_date", 12))["child_id"]
        checks = ("last_visit_date", "last_iro_contact_date", "last_health_assessment_date", "last_dental_check_date")
        answers = ("permanence_plan", "placement_location", "return_interview_offered", "return_interview_accepted")
        listed = self._with_made_up(listed, "children_in_care", *checks, *answers, "allocated_worker", on={})
        listed = self._about(listed.sort("child_id").with_columns(last=self.day))
        return listed.with_columns(
            is_closed=self.known("end_date"),
            age=age(self.day),
            is_again=pl.col("child_id").is_in(before.implode()),
            is_alone=pl.col("child_id").is_in(alone.implode()),
            working_days=working_days(listed, "start_date", "last"),
            legal_status=group_of(
                "legal_status_code", "group_ssda903__legal_status", "legal_status_group", "Not stated"
            ),
            time_in_care=_time_in_care(pl.col("start_date"), self.day),
            placement=_group("placement_type", "placement_type", "Z1", "placement_group"),
            provider=_group("provider", "placement_provider", "PR0", "placement_provider_group"),
            reason_ceased=_group("reason_ceased", "reason_ceased", "E8", "reason_ceased_group"),
        )

    @cached_property
    def care_leavers(self) -> pl.DataFrame:
        """List 9: whom the looked-after return of the year tells of as care leavers, once they have left care."""
        told = self.lives["leavers"].filter(pl.col("return_year") == self.year).drop("return_year")
        listed = told.filter(~pl.col("child_id").is_in(self._in_care_now().implode()))
        later = [name for name in LATER if name in self.made_up["care_leavers"].columns]
        listed = self._with_made_up(listed, "care_leavers", "eligibility", *later, on={})
        listed = listed.with_columns(
            pl.lit(None, kind).alias(name) for name, kind in LATER.items() if name not in later
        )
        return self._about(listed).with_columns(
            is_of_2024=pl.lit(bool(later)),
            age=age(self.day).cast(pl.String).fill_null("unknown"),
            eligibility=_label("eligibility", "eligibility"),
            is_in_touch=pl.col("in_touch") == "YES",
            is_gone=pl.col("in_touch").is_in(["DIED", "RHOM"]),
            lives_in=_label(pl.col("accommodation").str.head(1), "accommodation"),
        )

    @cached_property
    def adoptions(self) -> pl.DataFrame:
        """List 10: decisions of the twelve months, and those reversed or followed by an adoption in them."""
        orders = self.lives["adoptions"].select("child_id", "date_match", "adoption_date")
        orders = orders.cast({"date_match": pl.Date, "adoption_date": pl.Date})  # of no type where nobody is adopted
        listed = self.lives["adoption_decisions"].join(orders, on="child_id", how="left")
        listed = listed.filter(
            pl.col("date_placed") <= self.day,
            self.lately("date_placed", 12) | self.lately("date_ceased", 12) | self.lately("adoption_date", 12),
        )
        entered = self.care.join(listed.select("child_id", "date_placed"), on="child_id")
        entered = entered.filter(pl.col("start_date") <= pl.col("date_placed"))
        entered = entered.group_by("child_id", "date_placed").agg(entered=pl.col("start_date").max())
        listed = listed.join(entered, on=["child_id", "date_placed"], how="left")
        days = ("placement_order_date", "placed_date", "ffa_placed_date")
        listed = self._with_made_up(listed, "adoption", *days, on={"adoption_decision_date": "date_placed"})
        return self._about(listed).with_columns(
            pl.when(self.known("date_match")).then("date_match"),
            is_adopted=self.lately("adoption_date", 12),
            is_reversed=self.lately("date_ceased", 12),
            is_waiting=~self.known("adoption_date") & ~self.known("date_ceased"),
            reversal_reason=_label("reason_ceased", "reason_no_longer_adoption"),
        )

    @cached_property
    def adopters(self) -> pl.DataFrame:
        """List 11."""
        return self.made_up["adopters"].join(self.sent, on="la_code", maintain_order="left")


def _latest(things: pl.DataFrame, day: str) -> pl.DataFrame:
    """The latest thing of each child."""
    return things.sort("child_id", day).unique("child_id", keep="last", maintain_order=True)


def _codes(code_list: str) -> pl.DataFrame:
    return seed(f"code_lists/annex_a/code_annex_a__{code_list}")


def _label(code: str | pl.Expr, code_list: str) -> pl.Expr:
    codes, code = _codes(code_list), pl.col(code) if isinstance(code, str) else code
    return code.replace_strict(codes["code"], codes["label"], default="Not stated", return_dtype=pl.String)


def _group(column: str, code_list: str, otherwise: str, group: str) -> pl.Expr:
    """The group of a code of care; for codes that the lists do not have, or a blank, that of another one."""
    listed = _codes({"reason_ceased": "reason_ceased_cla"}.get(code_list, code_list))["code"]
    code = pl.when(pl.col(column).is_in(listed.implode())).then(column).otherwise(pl.lit(otherwise))
    codes = seed(f"groupings/group_ssda903__{code_list}")
    return code.replace_strict(codes["code"], codes[group], default="Not stated", return_dtype=pl.String)


def _time_in_care(start: pl.Expr, day: pl.Expr) -> pl.Expr:
    band = pl.when(start.is_null()).then(pl.lit("Unknown"))
    for months, name in TIME_IN_CARE.items():
        band = band.when(start.dt.offset_by(f"{months}mo") > day).then(pl.lit(name))
    return band.otherwise(pl.lit("5 years or more"))


def _source(column: str) -> pl.Expr:
    return group_of(column, "group_cin__referral_source", "referral_source_group", "Not stated")
