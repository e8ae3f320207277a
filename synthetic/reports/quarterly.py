"""The quarterly return of a day: what an authority would count of the quarter that ends then, as far as lives tell it.

An indicator that they do not tell is blank: early help, outcomes of assessments and conferences, plans before the lives
begin, distances, care leavers, children educated at home. Workers are known on 30 September alone.
"""

from collections.abc import Callable
from datetime import date

import polars as pl

from loaders import spec
from synthetic import people
from synthetic.key_counts import flagged, group_of, working_days
from synthetic.key_ssda903 import placements
from synthetic.reports.annex_a import CONTACT_BEFORE

Lives = dict[str, pl.DataFrame]
CENSUS_MONTH = 9  # of the workforce
FOR_GOOD = ["Adopted", "Special guardianship order"]
DISPUTES = ["request_mediation", "request_tribunal", "assessment_mediation", "assessment_tribunal"]


def rows(lives: Lives, la_code: str | None, day: date) -> dict[str, pl.DataFrame]:
    """The sheet of the quarter that ends on the day, a row per indicator; of all authorities where `la_code` is None.

    Columns: la_code, row (from 1 in each authority) and those of the specification. Counts are null where the lives do
    not tell them, and 0 where there is none.
    """
    quarter = _Quarter(lives, la_code, day)
    themes: list[Callable[[], list[pl.DataFrame]]] = [
        quarter.contacts,
        quarter.referrals,
        quarter.assessments,
        quarter.need,
        quarter.enquiries,
        quarter.protection,
        quarter.looked_after,
        quarter.starting_and_leaving_care,
        quarter.workforce,
        quarter.special_needs,
    ]
    counted = pl.concat([one for theme in themes for one in theme()], how="diagonal")
    listed = [(code.code, code.label) for code in spec.code_list("quarterly", "indicator")]
    every = pl.DataFrame(listed, schema=["indicator_id", "indicator_name"], orient="row")
    las = people.authorities().join(quarter.las, on="la_code", how="semi", maintain_order="left")
    sheet = las.join(every, how="cross", maintain_order="left_right")
    sheet = sheet.join(counted, on=["la_code", "indicator_id"], how="left", maintain_order="left")
    indicators = sheet.select(
        "la_code",
        "dfe_la_code",
        "la_name",
        "indicator_id",
        "indicator_name",
        "numerator",
        "denominator",
        row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("la_code"),
        quarter_end=pl.lit(day),
        value=pl.lit(None, pl.Float64),
        quality=pl.lit(None, pl.String),
    )
    return {"indicators": indicators}


class _Quarter:
    """The lives of some authorities as they are counted over a quarter and on its last day."""

    def __init__(self, lives: Lives, la_code: str | None, day: date):
        self.lives, self.first, self.day = lives, date(day.year, day.month - 2, 1), day
        children = lives["children"] if la_code is None else lives["children"].filter(la_code=la_code)
        self.las = children.select("la_code").unique().sort("la_code")

    def count(self, indicator_id: str, things: pl.DataFrame, which: pl.Expr | None = None) -> pl.DataFrame:
        """How many things each authority has or, with `which`, how many of them are so, of how many."""
        amounts = {"numerator": pl.len()} if which is None else {"numerator": which.sum(), "denominator": pl.len()}
        found = self.las.join(things.group_by("la_code").agg(**amounts), on="la_code", how="left")
        return found.with_columns(pl.col(*amounts).fill_null(0).cast(pl.Float64), indicator_id=pl.lit(indicator_id))

    def is_in(self, day: str) -> pl.Expr:
        """Whether a day lies in the quarter."""
        return pl.col(day).is_between(self.first, self.day)

    def is_open(self, start: str, end: str) -> pl.Expr:
        """Whether a spell is open on the last day; one that ends on it is not."""
        return (pl.col(start) <= self.day) & (pl.col(end).is_null() | (pl.col(end) > self.day))

    def has_lasted(self, start: str, time: str) -> pl.Expr:
        """Whether a spell that is open on the last day began so long before it."""
        return pl.col(start).dt.offset_by(time) <= self.day

    def of_episodes(self, name: str) -> pl.DataFrame:
        """A frame of lives with the child and the authority whose episode of need it is of."""
        episodes = self.lives["episodes"].select("episode_id", "child_id", "la_code")
        return self.lives[name].join(episodes, on="episode_id", maintain_order="left")

    def contacts(self) -> list[pl.DataFrame]:
        """Q01 and Q02: the contacts that the referrals followed, as Annex A lists them."""
        before = (pl.col("episode_id") % CONTACT_BEFORE).cast(pl.Int32)
        day = (pl.col("referral_date").cast(pl.Int32) - before).cast(pl.Date)
        made = self.lives["episodes"].with_columns(contact_date=day).filter(self.is_in("contact_date"))
        return [self.count("Q01", made), self.count("Q02", made, pl.col("referral_date") <= self.day)]

    def referrals(self) -> list[pl.DataFrame]:
        """Q05 to Q07."""
        episodes = self.lives["episodes"]
        made = episodes.filter(self.is_in("referral_date"))
        dates = episodes.select("child_id", earlier="referral_date").unique()
        again = made.join(dates, on="child_id").filter(
            pl.col("earlier") < pl.col("referral_date"),
            pl.col("earlier") >= pl.col("referral_date").dt.offset_by("-12mo"),
        )
        is_again = pl.col("episode_id").is_in(again["episode_id"].implode())
        return [
            self.count("Q05", made),
            self.count("Q06", made, is_again),
            self.count("Q07", made, pl.col("is_nfa")),
        ]

    def assessments(self) -> list[pl.DataFrame]:
        """Q08 and Q09."""
        done = self.of_episodes("assessments").filter(self.is_in("authorisation_date"))
        done = done.with_columns(days=working_days(done, "start_date", "authorisation_date"))
        return [self.count("Q08", done), self.count("Q09", done, pl.col("days") <= 45)]

    def need(self) -> list[pl.DataFrame]:
        """Q11 and Q12."""
        taken_up = self.lives["episodes"].filter(~pl.col("is_nfa"))
        plans = self.of_episodes("cin_plans")
        return [
            self.count("Q11", taken_up.filter(self.is_open("referral_date", "closure_date"))),
            self.count("Q12", plans.filter(self.is_open("start_date", "end_date"))),
        ]

    def enquiries(self) -> list[pl.DataFrame]:
        """Q13, Q15 and Q16: a child has one enquiry a day, and one conference, whose clock the first enquiry starts."""
        enquiries = self.of_episodes("section_47s").sort("child_id", "start_date")
        begun = enquiries.filter(self.is_in("start_date")).unique(["child_id", "start_date"])
        held = enquiries.filter(self.is_in("conference_date"))
        held = held.unique(["child_id", "conference_date"], keep="first", maintain_order=True)
        held = held.with_columns(days=working_days(held, "start_date", "conference_date"))
        return [
            self.count("Q13", begun),
            self.count("Q15", held),
            self.count("Q16", held, pl.col("days") <= 15),
        ]

    def protection(self) -> list[pl.DataFrame]:
        """Q18 to Q22."""
        plans = self.of_episodes("cp_plans").unique(["child_id", "start_date"]).sort("child_id", "start_date")
        begun, ended = (plans.filter(self.is_in(day)) for day in ("start_date", "end_date"))
        children = plans.filter(self.is_open("start_date", "end_date")).unique("child_id", keep="first")
        lasted = pl.col("start_date").dt.offset_by("24mo") <= pl.col("end_date")
        return [
            self.count("Q18", begun),
            self.count("Q19", begun, pl.col("previous_plans") >= 1),
            self.count("Q20", children),
            self.count("Q21", children, self.has_lasted("start_date", "24mo")),
            self.count("Q22", ended, lasted),
        ]

    def looked_after(self) -> list[pl.DataFrame]:
        """Q23 and Q26 to Q28."""
        every = placements(self.lives)
        is_temporary = pl.col("placement_type").is_in(flagged("group_ssda903__placement_type", "is_temporary"))
        lately = every.filter(
            ~is_temporary,
            pl.col("start_date") <= self.day,
            pl.col("end_date").is_null() | (pl.col("end_date").dt.offset_by("12mo") > self.day),
            pl.col("end_date").ne_missing(pl.col("start_date")),
        )
        moved = lately.group_by("child_id").len("placements")
        began = self.lives["periods"].select("period_id", began="start_date")
        born = self.lives["children"].select("child_id", "birth_date")
        alone = self.lives["uasc"].filter(self.is_open("start_date", "end_date"))
        now = every.filter(self.is_open("start_date", "end_date")).unique("child_id", keep="last", maintain_order=True)
        now = now.join(moved, on="child_id", how="left").join(began, on="period_id").join(born, on="child_id")
        settled = now.filter(~self.has_lasted("birth_date", "16y"), self.has_lasted("began", "30mo"))
        return [
            self.count("Q23", now),
            self.count("Q26", now, pl.col("child_id").is_in(alone["child_id"].implode())),
            self.count("Q27", now, pl.col("placements") >= 3),
            self.count("Q28", settled, self.has_lasted("start_date", "24mo")),
        ]

    def starting_and_leaving_care(self) -> list[pl.DataFrame]:
        """Q24, Q25 and Q30: a child counts once in a quarter."""
        periods = self.lives["periods"].filter(~pl.col("is_short_breaks")).sort("child_id", "start_date")
        began = periods.filter(self.is_in("start_date")).unique("child_id")
        ended = periods.filter(self.is_in("end_date")).unique("child_id", keep="last", maintain_order=True)
        why = group_of("reason_ceased", "group_ssda903__reason_ceased", "reason_ceased_group", "Unknown")
        return [
            self.count("Q24", began),
            self.count("Q25", ended),
            self.count("Q30", ended, why.is_in(FOR_GOOD)),
        ]

    def workforce(self) -> list[pl.DataFrame]:
        """Q34 to Q38, of authorities that have workers of their own."""
        if self.day.month != CENSUS_MONTH:
            return []
        posts, said = (self.lives[name].filter(return_year=self.day.year) for name in ("worker_years", "workforce"))
        found = posts.group_by("la_code").agg(
            in_post=pl.col("fte").filter(kind="in_post").sum(),
            agency=pl.col("fte").filter(kind="agency").sum(),
            left=pl.col("fte_before").filter(kind="leaver").sum(),
            cases=pl.col("cases").sum(),
            holders=pl.col("fte").filter(pl.col("cases") > 0).sum(),
        )
        found = found.join(said.select("la_code", vacant="vacancies_fte"), on="la_code", how="left")
        vacant, agency, in_post = pl.col("vacant"), pl.col("agency"), pl.col("in_post")
        amounts = {
            "Q34": (in_post, pl.lit(None)),
            "Q35": (vacant, vacant + in_post),
            "Q36": (agency, agency + in_post),
            "Q37": (pl.col("left"), in_post),
            "Q38": (pl.col("cases"), pl.col("holders")),
        }
        return [
            found.select(
                "la_code",
                indicator_id=pl.lit(indicator_id),
                numerator=numerator.cast(pl.Float64).round(2),
                denominator=denominator.cast(pl.Float64).round(2),
            )
            for indicator_id, (numerator, denominator) in amounts.items()
        ]

    def special_needs(self) -> list[pl.DataFrame]:
        """Q39 to Q41, until the lives with special needs end: with the year before the last census."""
        requests = self.lives["ehc_requests"]
        last = requests["received_date"].max()
        if last is None or last < self.first:
            return []
        issued = requests.filter(
            self.is_in("assessment_date"),
            pl.col("assessment_outcome") == "Y",
            ~pl.any_horizontal(*DISPUTES, "is_exception"),
        )
        in_time = pl.col("assessment_date") <= pl.col("received_date").dt.offset_by("20w")
        return [
            self.count("Q39", requests.filter(self.is_in("received_date"))),
            self.count("Q40", issued, in_time),
            self.count("Q41", self.lives["ehc_plans"].filter(self.is_open("since", "cease_date"))),
        ]
