"""Short breaks for disabled children: an agreement (V4), or each break by itself (V3)."""

import numpy as np
import polars as pl

from synthetic.care_around import dates
from synthetic.care_lots import apportion, pick
from synthetic.care_rows import Rows, between, birthday, born
from synthetic.care_weights import WEIGHTS

SHARE = 0.05  # of those looked after: as many have short breaks at a time
EACH_BREAK = 0.25  # of the children, whose breaks are recorded one by one
BREAKS_IN_YEAR, LONGEST_BREAK = 6, 15


def live(stock: np.ndarray, years: list[int], first: int, last: int, child: int, period: int, rng) -> tuple[Rows, Rows]:
    """Children (`child`, `la`, `birth`, `sex`) and their periods (`period`, `child`, `la`, `start`, `end`, `legal`).

    `stock` is how many each authority looks after; `end` is -1 where the agreement runs on.
    """
    at_once = apportion(np.ones((1, len(stock))) * stock, [round(SHARE * stock.sum())])[0]
    number = np.round(at_once * (1 + 0.3 * len(years))).astype(int)  # each year some go and others come
    la = np.repeat(np.arange(len(stock)), number)
    age = 5 + rng.integers(0, 12, len(la))
    birth = born(age, (first + last) // 2, rng)
    begin = np.maximum(between(np.full(len(la), first - 700), np.full(len(la), last - 30), rng), birthday(birth, 4))
    end = np.minimum(begin + 90 + rng.exponential(900, len(la)).astype(int), birthday(birth, 18))
    fits = (end > begin + 20) & (end > first) & (begin < last)
    la, birth, begin, end = la[fits], birth[fits], begin[fits], end[fits]
    children = {"child": child + np.arange(len(la)), "la": la, "birth": birth}
    children["sex"] = np.where(rng.random(len(la)) < 0.68, "M", "F")
    single = rng.random(len(la)) < EACH_BREAK
    whole = np.flatnonzero(~single)
    blocks = [{"row": whole, "start": begin[whole], "end": np.where(end[whole] > last, -1, end[whole])}]
    for year in years:  # breaks in a year of their own two months each, so that they never meet
        start = int(np.datetime64(f"{year - 1}-04-01").astype(int))
        row = np.repeat(np.flatnonzero(single), BREAKS_IN_YEAR)
        turn = np.tile(np.arange(BREAKS_IN_YEAR), single.sum())
        day = start + turn * 60 + rng.integers(0, 40, len(row))
        until = day + rng.integers(1, LONGEST_BREAK - 3, len(row))
        inside = (day >= begin[row]) & (until <= end[row]) & (until <= last) & (rng.random(len(row)) < 0.8)
        blocks.append({"row": row[inside], "start": day[inside], "end": until[inside]})
    rows = {name: np.concatenate([block[name] for block in blocks]) for name in ("row", "start", "end")}
    order = np.lexsort((rows["start"], rows["row"]))
    rows = {name: values[order] for name, values in rows.items()}
    of = rows.pop("row")
    rows |= {"period": period + np.arange(len(of)), "child": children["child"][of], "la": la[of]}
    rows["legal"] = np.where(single[of], "V3", "V4")
    rows["place"] = pick(WEIGHTS["short_breaks"], len(la), rng)[of]
    some = np.isin(children["child"], rows["child"])
    return {name: values[some] for name, values in children.items()}, rows


def frames(rows: Rows, las: list[str], rng) -> dict[str, pl.DataFrame]:
    """The periods and episodes of short breaks: one episode each, without postcodes."""
    text = pl.lit(None, dtype=pl.String)
    provider = pl.when(pl.col("place") == "R1").then(pl.lit("PR4")).otherwise(pl.lit("PR1"))
    end = pl.Series(dates(rows["end"])).zip_with(pl.Series(rows["end"] >= 0), pl.Series([None], dtype=pl.Date))
    base = pl.DataFrame(
        {
            "period_id": rows["period"],
            "child_id": rows["child"],
            "la_code": np.array(las)[rows["la"]],
            "start_date": dates(rows["start"]),
            "end_date": end,
            "legal": rows["legal"],
            "place": rows["place"],
            "urn": rng.integers(900000, 1000000, len(rows["period"])),
        },
        schema_overrides={"la_code": pl.String, "legal": pl.String, "place": pl.String},
    )
    ended = pl.col("end_date").is_not_null()
    return {
        "periods": base.select(
            "period_id", "child_id", "la_code", "start_date", "end_date",
            reason_ceased=pl.when(ended).then(pl.lit("E8")), need=pl.lit("N2"), start_legal_status="legal",
            is_short_breaks=pl.lit(True),
        ),
        "care_episodes": base.select(
            "period_id", "child_id", "start_date", "end_date", rne=pl.lit("S"), legal_status="legal", need=pl.lit("N2"),
            placement_type="place", provider=provider,
            rec=pl.when(ended).then(pl.lit("E8")), reason_place_change=text, home_postcode=text,
            placement_postcode=text,
            urn=pl.when(pl.col("place") != "R1").then(pl.format("SC{}", "urn")),
        ),
    }  # fmt: skip
