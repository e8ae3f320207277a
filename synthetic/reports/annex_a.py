"""The Annex A lists on a day: what an authority's system would list for an inspection that begins then.

Lists 1 to 5 are of the six months before, 6 to 9 of who is there on the day or left in those months, 10 and 11 of the
year before. What the lives do not hold (visits, teams, pathway plans) is made up here, the same for a child each time.
"""

from collections.abc import Callable
from datetime import date

import polars as pl

from loaders import spec
from synthetic import names, people
from synthetic.reports import year_of

Lives = dict[str, pl.DataFrame]
TEAMS = ["Team Amber", "Team Blue", "Team Coral", "Team Denim"]
ORGANISATIONS = ["Made-up Primary School", "Nowhere Children's Centre", "Imaginary Health Visiting", "Early Help Hub"]
CONTACT_BEFORE = 3  # a referral follows a contact by fewer days than this
POLICE = ["L1", "L2"]  # police protection and emergency protection orders
NOT_IN_NEED = ["RC8", "RC9"]  # closed after assessment
DECIDED_WITHIN = 14  # days from the strategy discussion until no conference is found necessary
MOVES_AFTER = 14  # days from the match to moving in with the adoptive family
AWAY = "M"


def rows(lives: Lives, la_code: str | None, day: date) -> dict[str, pl.DataFrame]:
    """One frame per list; of all authorities where `la_code` is None.

    Columns: la_code, row (from 1 in each authority), those of the specification that the day's year knows, with codes
    as the code lists have them, and `_child_id`, `_person_id` (of adopters null).
    """
    on = Day(lives, la_code, day)
    lists: dict[str, Callable[[], pl.DataFrame]] = {
        "contacts": on.contacts,
        "early_help": on.early_help,
        "referrals": on.referrals,
        "assessments": on.assessments,
        "section_47": on.section_47,
        "children_in_need": on.children_in_need,
        "child_protection": on.child_protection,
        "children_in_care": on.children_in_care,
        "care_leavers": on.care_leavers,
        "adoption": on.adoption,
        "adopters": on.adopters,
    }
    year = year_of(day)
    return {table.name: on.shaped(table, lists[table.name](), year) for table in spec.returns()["annex_a"].tables}


class Day:
    """The lives of some authorities as they are known on a day."""

    def __init__(self, lives: Lives, la_code: str | None, day: date):
        self.day, self.opening = pl.lit(day), pl.lit(day).dt.offset_by("-6mo")
        self.year_before = pl.lit(day).dt.offset_by("-12mo")
        self.lives, self.return_year = lives, year_of(day)
        children = lives["children"] if la_code is None else lives["children"].filter(la_code=la_code)
        born = pl.col("birth_date") <= day
        age = pl.lit(day).dt.year() - pl.col("birth_date").dt.year()
        birthday = pl.col("birth_date").dt.month().cast(pl.Int32) * 100 + pl.col("birth_date").dt.day()
        sex = pl.col("sex").replace_strict({"M": "MALE", "F": "FEMALE"}, default="NOT STATED/RECORDED")
        self.children = children.select(
            "child_id",
            "person_id",
            "la_code",
            "is_uasc",
            "first_baby_date",
            id="la_child_id",
            gender=pl.when(born).then(sex).otherwise(pl.lit("NOT STATED/RECORDED")),
            ethnicity=pl.when(born).then("ethnicity").otherwise(pl.lit("NOBT")),
            birth_date="birth_date",
            age_years=pl.when(born).then(age - (birthday > day.month * 100 + day.day).cast(pl.Int32)),
            disability=_yes(born & (pl.col("disabilities").list.len() > 0)),
        )
        of_child = lives["episodes"].join(children.select("child_id"), on="child_id", how="semi", maintain_order="left")
        dates, texts = ("date_match", "adoption_date"), ("sex_adoptr", "foster_care")
        self.orders = lives["adoptions"].cast(  # where nobody is adopted the columns have no type
            dict.fromkeys(dates, pl.Date) | dict.fromkeys(texts, pl.String)
        )
        self.episodes = of_child.filter(pl.col("referral_date") <= day)

    def shaped(self, table: spec.Table, found: pl.DataFrame, year: int) -> pl.DataFrame:
        """A list with its children, the columns of the year, and its rows in the order of the sheet."""
        if "child_id" in found.columns:
            about = [name for name in self.children.columns if name == "child_id" or name not in found.columns]
            found = found.join(self.children.select(about), on="child_id", maintain_order="left")
            found = found.rename({"child_id": "_child_id", "person_id": "_person_id", "id": "child_id"})
            found = found.sort("la_code", "child_id", *[n for n in table.meta.grain if n != "child_id"])
        found = found.unique(["la_code", *table.meta.grain], keep="last", maintain_order=True)
        known = [c.name for c in table.columns if spec.within(c.meta.years, year) and c.name in found.columns]
        truth = [name for name in ("_child_id", "_person_id") if name in found.columns]
        row = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code")
        return found.select("la_code", *known, *truth, row=row)

    def lately(self, name: str, since: pl.Expr | None = None) -> pl.Expr:
        """Whether a day lies in the months before."""
        return (pl.col(name) > (self.opening if since is None else since)) & (pl.col(name) <= self.day)

    def touches(self, start: str, end: str, since: pl.Expr | None = None) -> pl.Expr:
        """Whether a spell is open on the day or in the months before."""
        since = self.opening if since is None else since
        return (pl.col(start) <= self.day) & (pl.col(end).is_null() | (pl.col(end) > since))

    def known(self, name: str, of: str | pl.Expr | None = None) -> pl.Expr:
        """A day, or what goes with it, as far as it had come."""
        return pl.when(pl.col(name) <= self.day).then(name if of is None else of)

    def of_episodes(self, name: str) -> pl.DataFrame:
        """A frame of lives with the child whose episode of need it is of."""
        return self.lives[name].join(
            self.episodes.select("episode_id", "child_id", "closure_reason"), on="episode_id", maintain_order="left"
        )

    def earlier(self, listed: pl.DataFrame, of: str, rows: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
        """How many of the rows a child has in the twelve months before the latest day of a list, not counting that."""
        latest = listed.group_by("child_id", maintain_order=True).agg(latest=pl.col(of).max())
        before = rows.join(latest, on="child_id", maintain_order="left").filter(
            pl.col(day) < pl.col("latest"), pl.col(day) >= pl.col("latest").dt.offset_by("-12mo")
        )
        return before.group_by("child_id", maintain_order=True).agg(pl.len().cast(pl.Int64).alias(name))

    def contacts(self) -> pl.DataFrame:
        """List 1: the contact that each referral followed."""
        before = (pl.col("episode_id") % CONTACT_BEFORE).cast(pl.Int32)
        found = self.episodes.with_columns(contact_date=(pl.col("referral_date").cast(pl.Int32) - before).cast(pl.Date))
        return found.filter(self.lately("contact_date")).select(
            "child_id", "contact_date", contact_source=_listed("source", "contact_referral_source", "10")
        )

    def early_help(self) -> pl.DataFrame:
        """List 2: half of those whose referral was not taken further are helped otherwise."""
        helped = self.episodes.filter("is_nfa", pl.col("episode_id") % 2 == 0).with_columns(
            start=pl.col("referral_date").dt.offset_by("10d"), end=pl.col("referral_date").dt.offset_by("45d")
        )
        return helped.filter(self.lately("start")).select(
            "child_id",
            assessment_start_date="start",
            assessment_completion_date=self.known("end"),
            organisation=_one_of(ORGANISATIONS, pl.col("child_id")),
        )

    def referrals(self) -> pl.DataFrame:
        """List 3."""
        found = self.episodes.filter(self.lately("referral_date"))
        made = self.earlier(found, "referral_date", self.episodes, "referral_date", "referrals_last_12_months")
        return found.join(made, on="child_id", how="left", maintain_order="left").select(
            "child_id",
            "referral_date",
            pl.col("referrals_last_12_months").fill_null(0),
            referral_source=_listed("source", "contact_referral_source", "10"),
            referral_nfa=_yes(pl.col("is_nfa")),
            **_allocated(~pl.col("is_nfa")),
        )

    def assessments(self) -> pl.DataFrame:
        """List 4."""
        found = self.of_episodes("assessments").filter(self.touches("start_date", "authorisation_date"))
        done = pl.col("authorisation_date") <= self.day
        needs = ~pl.col("closure_reason").is_in(NOT_IN_NEED).fill_null(value=False)
        return found.select(
            "child_id",
            assessment_start_date="start_date",
            child_seen=pl.when(done).then(_yes(pl.col("assessment_id") % 20 != 0)),
            assessment_authorised_date=self.known("authorisation_date"),
            requires_social_care=pl.when(done).then(_yes(needs)),
            **_allocated(),
        )

    def section_47(self) -> pl.DataFrame:
        """List 5. It is undecided whether a conference is needed until it is held, or found unnecessary."""
        every = self.of_episodes("section_47s")
        plans = self.lives["cp_plans"].select("episode_id", conference_date="start_date", led=pl.lit(value=True))
        found = every.filter(self.lately("start_date")).join(
            plans.unique(maintain_order=True), on=["episode_id", "conference_date"], how="left", maintain_order="left"
        )
        for day, name in (("start_date", "s47_last_12_months"), ("conference_date", "icpc_last_12_months")):
            before = self.earlier(found, "start_date", every, day, name)
            found = found.join(before, on="child_id", how="left", maintain_order="left")
        held = pl.col("conference_date") <= self.day
        decided = pl.col("is_conference_not_required") & (
            pl.col("start_date").dt.offset_by(f"{DECIDED_WITHIN}d") <= self.day
        )
        return found.select(
            "child_id",
            pl.col("s47_last_12_months", "icpc_last_12_months").fill_null(0),
            strategy_discussion_date="start_date",
            icpc_not_required=pl.when(held | decided).then(_yes(decided)),
            icpc_date=self.known("conference_date"),
            icpc_led_to_plan=pl.when(held).then(_yes(pl.col("led").fill_null(value=False))),
            **_allocated(),
        )

    def children_in_need(self) -> pl.DataFrame:
        """List 6: the last episode of each child."""
        found = self.episodes.filter(~pl.col("is_nfa"), self.touches("referral_date", "closure_date"))
        found = found.sort("child_id", "referral_date").unique("child_id", keep="last", maintain_order=True)
        closed = (pl.col("closure_date") <= self.day).fill_null(value=False)
        status = pl.when(closed).then(pl.lit("CLOSED EPISODE"))
        status = status.when(self._is_in_care()).then(pl.lit("LOOKED AFTER CHILD"))
        for name, end, what in (
            ("cp_plans", "end_date", "CHILD PROTECTION PLAN"),
            ("cin_plans", "end_date", "CHILD IN NEED PLAN"),
            ("assessments", "authorisation_date", "OPEN ASSESSMENT"),
        ):
            there = self.lives[name].filter(self._is_open("start_date", end))["episode_id"]
            status = status.when(pl.col("episode_id").is_in(there.implode())).then(pl.lit(what))
        last = pl.min_horizontal("closure_date", self.day)
        return found.select(
            "child_id",
            cin_start_date="referral_date",
            primary_need=_listed("primary_need", "primary_need", "N0"),
            last_seen_date=pl.max_horizontal("referral_date", _days_before(last, pl.col("child_id") % 35)),
            cin_closure_date=self.known("closure_date"),
            closure_reason=self.known("closure_date", "closure_reason"),
            case_status=status.otherwise(pl.lit("CHILD IN NEED PLAN")),
            **_allocated(),
        )

    def _is_open(self, start: str, end: str) -> pl.Expr:
        return (pl.col(start) <= self.day) & (pl.col(end).is_null() | (pl.col(end) > self.day))

    def _is_in_care(self) -> pl.Expr:
        open_periods = self.lives["periods"].filter(self._is_open("start_date", "end_date"), ~pl.col("is_short_breaks"))
        return pl.col("child_id").is_in(open_periods["child_id"].implode())

    def child_protection(self) -> pl.DataFrame:
        """List 7: the last plan of each child."""
        found = self.of_episodes("cp_plans").filter(self.touches("start_date", "end_date"))
        found = found.sort("child_id", "start_date").unique("child_id", keep="last", maintain_order=True)
        reviews = self.lives["cp_reviews"].filter(pl.col("review_date") <= self.day)
        reviews = reviews.group_by("plan_id", maintain_order=True).agg(pl.col("review_date").max())
        found = found.join(reviews, on="plan_id", how="left", maintain_order="left")
        taken = self.lives["care_episodes"].filter(
            pl.col("legal_status").is_in(POLICE), self.touches("start_date", "end_date")
        )
        last = pl.min_horizontal("end_date", self.day)
        return found.select(
            "child_id",
            cpp_start_date="start_date",
            initial_abuse_category=_listed("initial_category", "abuse_category", "MUL"),
            latest_abuse_category=_listed("latest_category", "abuse_category", "MUL"),
            last_visit_date=pl.max_horizontal("start_date", _days_before(last, pl.col("child_id") % 14)),
            seen_alone=_yes(pl.col("child_id") % 4 != 0),
            last_review_date="review_date",
            cpp_end_date=self.known("end_date"),
            epo_or_police_protection=_yes(pl.col("child_id").is_in(taken["child_id"].implode())),
            previous_cpp_count="previous_plans",
            **_allocated(),
        )

    def children_in_care(self) -> pl.DataFrame:
        """List 8: the last time in care of each child, and the placement and legal status of its last day."""
        every = self.lives["periods"].filter(~pl.col("is_short_breaks"), pl.col("start_date") <= self.day)
        every = every.sort("child_id", "start_date").with_columns(
            ended_before=pl.col("end_date").shift(1).over("child_id")
        )
        periods = every.filter(self.touches("start_date", "end_date")).unique(
            "child_id", keep="last", maintain_order=True
        )
        again = pl.col("ended_before") > self.year_before
        periods = periods.join(self.children.select("child_id", "is_uasc"), on="child_id", maintain_order="left")
        stays = self.lives["care_episodes"].filter(pl.col("start_date") <= self.day).sort("period_id", "start_date")
        stays = stays.with_columns(
            _begins(["legal_status"]).alias("legal_begins"),
            _begins(["placement_type", "placement_postcode"]).alias("begins"),
        )
        current = stays.select(
            "period_id", "legal_status", "placement_type", "provider", "placement_postcode", "urn", now_need="need",
            legal_start=_last_start("legal_begins"), placement_start=_last_start("begins"),
        ).unique("period_id", keep="last", maintain_order=True)  # fmt: skip
        found = periods.join(current, on="period_id", maintain_order="left")
        placements = (
            stays.with_columns(placement=pl.col("begins").cum_sum().over("period_id"))
            .join(every, on="period_id", how="semi", maintain_order="left")
            .filter(self.touches("start_date", "end_date", self.year_before))
            .unique(["period_id", "placement"], maintain_order=True)
        )
        of_period = periods.select("child_id", period_start="start_date")
        missing = self.lives["missing"].filter(self.lately("start_date", self.year_before))
        missing = missing.join(of_period, on="child_id", maintain_order="left")
        missing = missing.filter(pl.col("start_date") >= pl.col("period_start"))
        for name, rows in (
            ("placements", placements),
            ("missing_count", missing.filter(missing=AWAY)),
            ("absent_count", missing.filter(pl.col("missing") != AWAY)),
        ):
            counted = rows.group_by("child_id", maintain_order=True).agg(pl.len().cast(pl.Int64).alias(name))
            found = found.join(counted, on="child_id", how="left", maintain_order="left")
        reviews = self.lives["care_reviews"].join(of_period, on="child_id", maintain_order="left")
        reviews = reviews.filter(pl.col("review_date").is_between("period_start", self.day))
        reviews = reviews.group_by("child_id", maintain_order=True).agg(pl.col("review_date").max())
        found = found.join(reviews, on="child_id", how="left", maintain_order="left")
        alone = self.lives["uasc"].filter(self.touches("start_date", "end_date", self.year_before))
        return found.select("child_id", **self._care_columns(again, alone["child_id"]))

    def _care_columns(self, again: pl.Expr, alone: pl.Series) -> dict[str, pl.Expr]:
        child, last = pl.col("child_id"), pl.min_horizontal("end_date", self.day)

        def lately(days: int) -> pl.Expr:
            return pl.max_horizontal("start_date", _days_before(last, child % days))

        place = people.authorities()
        own = pl.col("la_code").replace_strict(place["la_code"], place["la_name"])
        is_near = child % 3 != 0
        missing = pl.col("missing_count").fill_null(0)
        offered = child % 5 != 0
        plan = pl.when(pl.col("legal_status") == "E1").then(pl.lit("ADOPTION"))
        plan = plan.when(pl.col("legal_status") == "C2").then(pl.lit("LONG-TERM FOSTERING"))
        return {
            "uasc_last_12_months": _yes(child.is_in(alone.implode())),
            "cla_start_date": pl.col("start_date"),
            "category_of_need": _listed("now_need", "category_of_need_cla", "N8"),
            "repeat_period_12_months": _yes(again.fill_null(value=False)),
            "legal_status_start_date": pl.col("legal_start"),
            "legal_status": _listed("legal_status", "legal_status", "V2"),
            "last_review_date": pl.col("review_date"),
            "last_visit_date": lately(42),
            "permanence_plan": plan.otherwise(pl.lit("RETURN TO FAMILY")),
            "last_iro_contact_date": lately(90),
            "last_health_assessment_date": lately(300),
            "last_dental_check_date": lately(250),
            "placements_last_12_months": pl.col("placements"),
            "cla_end_date": self.known("end_date"),
            "reason_ceased": pl.when(pl.col("end_date") <= self.day).then(
                _listed("reason_ceased", "reason_ceased_cla", "E8")
            ),
            "placement_start_date": pl.col("placement_start"),
            "placement_type": _listed("placement_type", "placement_type", "Z1"),
            "placement_provider": _listed("provider", "placement_provider", "PR0"),
            "placement_postcode": pl.coalesce("placement_postcode", names.postcode(child)),
            "placement_urn": pl.col("urn"),
            "placement_location": pl.when(is_near).then(pl.lit("IN")).otherwise(pl.lit("OUT")),
            "placement_la": pl.when(is_near).then(own).otherwise(pl.lit("NUK")),
            "missing_episodes_12_months": missing,
            "absent_episodes_12_months": pl.col("absent_count").fill_null(0),
            "return_interview_offered": pl.when(missing > 0).then(_yes(offered)),
            "return_interview_accepted": pl.when(missing > 0, offered).then(_yes(child % 3 != 0)),
            **_allocated(),
        }

    def care_leavers(self) -> pl.DataFrame:
        """List 9: who is helped after care, as the looked-after return of the year has them, and has left it."""
        found = self.lives["leavers"].filter(~self._is_in_care(), return_year=self.return_year)
        found = found.join(
            self.children.select("child_id", "is_uasc", "age_years"), on="child_id", maintain_order="left"
        )
        child, touch = pl.col("child_id"), pl.col("in_touch") == "YES"
        suitable = pl.col("accommodation").str.slice(1, 1) == "1"
        return found.select(
            "child_id",
            uasc_ever=_yes(pl.col("is_uasc")),
            personal_adviser=pl.concat_str(names.forename(child // 9), pl.lit(" "), names.surname(child // 9)),
            eligibility=pl.when(pl.col("age_years") < 18)
            .then(pl.lit("RELEVANT CHILD"))
            .otherwise(pl.lit("FORMER RELEVANT CHILD")),
            pathway_plan_review_date=_days_before(self.day, child % 180),
            in_touch=_listed("in_touch", "in_touch", "NO"),
            last_contact_date=_days_before(self.day, child % 56),
            accommodation_type=pl.when(touch).then(_listed(pl.col("accommodation").str.head(1), "accommodation", "Z")),
            accommodation_suitability=pl.when(touch).then(
                pl.when(suitable).then(pl.lit("SUITABLE")).otherwise(pl.lit("UNSUITABLE"))
            ),
            activity_status=pl.when(touch).then(_listed("activity", "activity", "G6")),
            **_allocated(),
        )

    def adoption(self) -> pl.DataFrame:
        """List 10: children with a decision, a reversal or an order in the twelve months before."""
        orders = self.orders.select("child_id", "date_match", "adoption_date", "foster_care")
        found = self.lives["adoption_decisions"].join(orders, on="child_id", how="left", maintain_order="left")
        days = [self.lately(name, self.year_before) for name in ("date_placed", "date_ceased", "adoption_date")]
        found = found.filter(pl.col("date_placed") <= self.day, pl.any_horizontal(*days).fill_null(value=False))
        care = self.lives["periods"].filter(~pl.col("is_short_breaks")).select("child_id", entered="start_date")
        care = care.join(found.select("child_id", "date_placed"), on="child_id", maintain_order="left")
        care = care.filter(pl.col("entered") <= pl.col("date_placed"))
        care = care.group_by("child_id", "date_placed", maintain_order=True).agg(pl.col("entered").max())
        found = found.join(care, on=["child_id", "date_placed"], how="left", maintain_order="left").with_columns(
            order=pl.min_horizontal(pl.col("date_placed").dt.offset_by("40d"), "date_match"), placed=_moves()
        )
        return found.select(
            "child_id",
            family_id=self.known("date_match", _family()),
            entered_care_date=pl.coalesce("entered", "date_placed"),
            adoption_decision_date="date_placed",
            placement_order_date=self.known("order"),
            matched_date=self.known("date_match"),
            placed_date=self.known("placed"),
            adoption_order_date=self.known("adoption_date"),
            decision_reversed_date=self.known("date_ceased"),
            decision_reversed_reason=self.known("date_ceased", "reason_ceased"),
            ffa_placed_date=pl.when(pl.col("foster_care") == "1").then(self.known("date_match")),
        )

    def adopters(self) -> pl.DataFrame:
        """List 11: one or two adopters of each child matched and not adopted longer than a year ago."""
        matched = self.orders.filter(
            pl.col("date_match") <= self.day,
            pl.col("adoption_date").is_null() | (pl.col("adoption_date") > self.year_before),
        )
        about = self.children.select("child_id", "la_code", "ethnicity")
        matched = matched.join(about, on="child_id", maintain_order="left")
        sexes = pl.col("sex_adoptr").str.replace_all("1", "").str.split("")
        found = matched.with_columns(sex=sexes).explode("sex").filter(pl.col("sex").is_in(["M", "F"]))
        turn = pl.int_range(1, pl.len() + 1).over("child_id")
        family, child = _family(), pl.col("child_id")
        placed = _moves() <= self.day

        def before(days: int, less: pl.Expr | None = None) -> pl.Expr:
            return _days_before(pl.col("date_match"), days - (pl.lit(0) if less is None else less))

        return found.sort("la_code", "child_id", "sex").select(
            "la_code",
            adopter_id=pl.concat_str(family, pl.lit("-"), turn.cast(pl.String)),
            family_id=family,
            gender=pl.col("sex").replace_strict({"M": "MALE", "F": "FEMALE"}),
            ethnicity="ethnicity",
            disability=pl.lit("NO"),
            fostering_for_adoption=_yes(pl.col("foster_care") == "1"),
            enquiry_date=before(320),
            stage1_start_date=before(300),
            stage1_end_date=before(260, child % 30),
            stage2_start_date=before(225),
            stage2_end_date=before(115, child % 15),
            matched_date="date_match",
            placed_date=pl.when(placed).then(_moves()),
            children_placed=placed.cast(pl.Int64),
            adoption_order_date=self.known("adoption_date"),
        )


def _family() -> pl.Expr:
    """The number of the family that a child is matched with."""
    return pl.concat_str(pl.lit("FAM"), pl.col("child_id").cast(pl.String))


def _moves() -> pl.Expr:
    """The day that a child moves in with the adoptive family."""
    return pl.col("date_match").dt.offset_by(f"{MOVES_AFTER}d")


def _yes(is_so: pl.Expr) -> pl.Expr:
    return pl.when(is_so).then(pl.lit("YES")).otherwise(pl.lit("NO"))


def _one_of(words: list[str], number: pl.Expr) -> pl.Expr:
    return (number % len(words)).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _days_before(day: pl.Expr, days: pl.Expr) -> pl.Expr:
    return (day.cast(pl.Int32) - days.cast(pl.Int32)).cast(pl.Date)


def _listed(column: str | pl.Expr, code_list: str, otherwise: str) -> pl.Expr:
    """A code, if the list of the return has it."""
    code = pl.col(column) if isinstance(column, str) else column
    known = [one.code for one in spec.code_list("annex_a", code_list)]
    return pl.when(code.is_in(known)).then(code).otherwise(pl.lit(otherwise))


def _allocated(when: pl.Expr | None = None) -> dict[str, pl.Expr]:
    """The team and the worker of a child."""
    child = pl.col("child_id")
    worker = pl.concat_str(names.forename(child // 11), pl.lit(" "), names.surname(child // 11))
    found = {"allocated_team": _one_of(TEAMS, child), "allocated_worker": worker}
    return found if when is None else {name: pl.when(when).then(value) for name, value in found.items()}


def _begins(columns: list[str]) -> pl.Expr:
    """Whether a row of a period is not like the one before it in some columns."""
    return pl.any_horizontal(
        *(pl.col(name).ne_missing(pl.col(name).shift(1)).over("period_id") for name in columns),
        pl.int_range(pl.len()).over("period_id") == 0,
    )


def _last_start(begins: str) -> pl.Expr:
    return pl.when(begins).then("start_date").forward_fill().over("period_id")
