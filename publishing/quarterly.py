"""`liia template quarterly`: the workbook of the quarterly return, one for each authority, with what its returns tell.

It holds an authority's counts as they are, small ones too. It is for that authority alone, and never in published/.
"""

import secrets
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from loaders import vault
from loaders.home import Home, HomeError
from loaders.recognise import Authority, authority
from loaders.spec import returns

IS_BUILT = """
    select count(*) = 4
    from duckdb_tables()
    where
        database_name = 'warehouse'
        and table_name in ('msr_quarterly', 'msr_quarterly_latest_year', 'quarterly_indicators', 'measures')
"""
INDICATORS = """
    select
        indicators.indicator_id,
        indicators.is_denominator_asked,
        measures.measure_name as indicator_name,
        measures.numerator,
        measures.denominator,
        measures.source,
        measures.evidence
    from warehouse.measures.quarterly_indicators as indicators
    inner join warehouse.measures.measures on indicators.indicator_id = measures.measure_id
    order by indicators.indicator_id
"""
KNOWN = """
    select indicator_id, numerator, denominator
    from warehouse.measures.msr_quarterly
    where la_code = ? and period_end = ?
"""
LATEST_YEAR = """
    select indicator_id, annual_measure_id, measure_name, period_end, numerator, denominator
    from warehouse.measures.msr_quarterly_latest_year
    where la_code = ?
    order by indicator_id
"""
IN_REGION = """
    select la_code
    from warehouse.reference.ref_local_authorities
    where is_in_region and (last_year is null or last_year >= ?)
    order by la_name
"""
READ_ME = [
    "Quarterly return of {name}, quarter to {day:%d %B %Y}",
    "",
    "Fill in the yellow cells of the sheet Indicators. They are blank where your returns to us do not tell the figure.",
    "White cells are filled in, from your own returns. Put right what is wrong.",
    "Numerator and denominator are counts, not rates. Grey cells stay blank: the denominator is a population.",
    "Leave blank what you do not know. Write 0 only where there was none.",
    "Value is for what you know only as a rate or average. Where you give the counts, leave it blank.",
    "Quality is for what a reader should know of the figure. Name no child and no family.",
    "Do not change the first row, or the columns on the left of the numerator.",
    "The sheet What to count says what each numerator and denominator is.",
    "The sheet Latest year shows what your latest returns of a year say, to hold the quarter against.",
    "",
    "These are your authority's own counts, small ones too. They are for your authority alone: do not pass them on.",
    "Send the workbook back to the same place as your other returns, as inbox/{la}/quarterly/{day}/.",
]
WHAT_TO_COUNT = {
    "indicator_id": "Indicator",
    "indicator_name": "Name",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "source": "Source",
    "evidence": "How sure",
}
YEAR_COLUMNS = ["Indicator", "Measure of a year", "Name", "Year to", "Numerator", "Denominator"]
FORMATS = {
    "head": {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "day": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "known": {"num_format": "0.######", "valign": "top"},
    "asked": {"num_format": "0.######", "bg_color": "#FFF2CC", "valign": "top", "border": 1},
    "closed": {"bg_color": "#D9D9D9"},
    "title": {"bold": True, "font_size": 14},
}


def quarter_of(text: str) -> date:
    """The quarter that a text names by its last day. Raises HomeError where it is no such day."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if (day + timedelta(days=1)).day == 1 and day.month % 3 == 0:
            return day
    raise HomeError(f"{text} is not the last day of a quarter; expected for example 2025-06-30.")


def write_templates(home: Home, quarter: date, la: str | None = None) -> list[Path]:
    """Write `templates/<authority>/quarterly_<day>.xlsx` for an authority, or each of the region; return the files.

    Call it with the write lock held. Raises HomeError where nothing has been built, or no authority is called so.
    """
    year, files = returns()["quarterly"].period(quarter).year, []
    named = authority(la, year) if la else None
    if la and named is None:
        raise HomeError(f"--la {la} is no English authority of that year; expected an ONS code, DfE code or name.")
    with vault.connect(home, warehouse=True, read_only=True) as connection:
        if not connection.execute(IS_BUILT).fetchone()[0]:
            raise HomeError("Nothing is built yet: run `liia run`, or `liia load` and `liia dbt build`.")
        indicators = connection.execute(INDICATORS).to_arrow_table().to_pylist()
        region = [authority(code) for (code,) in connection.execute(IN_REGION, [year]).fetchall()]
        for one in [named] if named else region:
            known = {row[0]: row[1:] for row in connection.execute(KNOWN, [one.la_code, quarter]).fetchall()}
            latest = connection.execute(LATEST_YEAR, [one.la_code]).fetchall()
            file = home.root / "templates" / one.la_code / f"quarterly_{quarter}.xlsx"
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = file.with_suffix(f".{secrets.token_hex(4)}.new")
            try:
                _write(draft, one, quarter, indicators, known, latest)
                draft.chmod(0o600)
                draft.replace(file)
            finally:
                draft.unlink(missing_ok=True)
            files.append(file)
    return files


def _write(file: Path, la: Authority, quarter: date, indicators: list[dict], known: dict, latest: list[tuple]) -> None:
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {name: book.add_format(format) for name, format in FORMATS.items()}
        _read_me(book.add_worksheet("Read me"), formats, la, quarter)
        _indicators(book.add_worksheet("Indicators"), formats, la, quarter, indicators, known)
        _what_to_count(book.add_worksheet("What to count"), formats, indicators)
        _latest_year(book.add_worksheet("Latest year"), formats, latest)


def _read_me(sheet, formats: dict, la: Authority, quarter: date) -> None:
    sheet.set_column(0, 0, 110)
    for place, line in enumerate(READ_ME):
        text = line.format(name=la.name, day=quarter, la=la.la_code)
        sheet.write_string(place, 0, text, formats["text" if place else "title"])


def _indicators(sheet, formats: dict, la: Authority, quarter: date, indicators: list[dict], known: dict) -> None:
    columns = [column.name for column in returns()["quarterly"].table("indicators").columns]
    place = {name: position for position, name in enumerate(columns)}
    for name, position in place.items():
        sheet.write_string(0, position, name, formats["head"])
    sheet.set_column(0, place["indicator_id"], 13)
    sheet.set_column(place["indicator_name"], place["indicator_name"], 48)
    sheet.set_column(place["numerator"], place["value"], 14)
    sheet.set_column(place["quality"], place["quality"], 40)
    sheet.freeze_panes(1, place["numerator"])
    for row, one in enumerate(indicators, start=1):
        numerator, denominator = known.get(one["indicator_id"], (None, None))
        asked = one["is_denominator_asked"]
        sheet.write_string(row, place["dfe_la_code"], la.dfe_la_code, formats["text"])
        sheet.write_string(row, place["la_name"], la.name, formats["text"])
        sheet.write_datetime(row, place["quarter_end"], quarter, formats["day"])
        sheet.write_string(row, place["indicator_id"], one["indicator_id"], formats["text"])
        sheet.write_string(row, place["indicator_name"], one["indicator_name"], formats["text"])
        _count(sheet, row, place["numerator"], formats, numerator)
        _count(sheet, row, place["denominator"], formats, denominator, asked=asked)
        sheet.write_blank(row, place["value"], None, formats["closed" if numerator is not None else "asked"])
        sheet.write_blank(row, place["quality"], None, formats["text"])
    _only_counts(sheet, len(indicators), place)


def _count(sheet, row: int, column: int, formats: dict, count, asked: bool = True) -> None:
    if count is not None:
        sheet.write_number(row, column, float(count), formats["known"])
    else:
        sheet.write_blank(row, column, None, formats["asked" if asked else "closed"])


def _only_counts(sheet, rows: int, place: dict[str, int]) -> None:
    what = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "A number of 0 or more, or blank."}
    sheet.data_validation(1, place["numerator"], rows, place["value"], what)


def _what_to_count(sheet, formats: dict, indicators: list[dict]) -> None:
    sheet.set_column(0, 0, 13)
    sheet.set_column(1, 5, 40)
    sheet.freeze_panes(1, 0)
    for column, (name, heading) in enumerate(WHAT_TO_COUNT.items()):
        sheet.write_string(0, column, heading, formats["head"])
        for row, one in enumerate(indicators, start=1):
            sheet.write_string(row, column, one[name] or "", formats["text"])


def _latest_year(sheet, formats: dict, latest: list[tuple]) -> None:
    sheet.set_column(0, 1, 13)
    sheet.set_column(2, 2, 48)
    sheet.set_column(3, 5, 14)
    for column, name in enumerate(YEAR_COLUMNS):
        sheet.write_string(0, column, name, formats["head"])
    for row, (*texts, day, numerator, denominator) in enumerate(latest, start=1):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, formats["text"])
        sheet.write_datetime(row, 3, day, formats["day"])
        for column, count in ((4, numerator), (5, denominator)):
            if count is not None:
                sheet.write_number(row, column, float(count), formats["known"])
