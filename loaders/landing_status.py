"""`liia status`: what stands in the vault, and what was refused and has not been mended since."""

from loaders import spec, vault
from loaders.home import Home


def status(home: Home) -> tuple[list[dict], list[dict]]:
    """Submissions that stand now (authority, return, period, files, rows, loaded, findings, failures), files refused.

    `failures` are field failures as of the last `liia check`. A file counts as refused while the last word on it is
    that it was. Raises HomeError where the vault cannot be opened.
    """
    with vault.connect(home, vault=True) as connection:
        vault.prepare(connection)
        return _rows(connection, LANDED), _rows(connection, REFUSED)


LANDED = """
with failures as (
    select la_code, return_name, period_end, count(*) as failures
    from vault.quality.field_failures
    group by all
)
select
    log.la_code as authority,
    log.return_name as "return",
    log.return_year as "year",
    log.period_end,
    count(*) as files,
    cast(sum(list_sum(map_values(log.table_rows))) as bigint) as "rows",
    strftime(max(log.loaded_at), '%Y-%m-%d %H:%M') as loaded,
    cast(sum(len(log.findings)) as bigint) as findings,
    coalesce(any_value(failures.failures), 0) as failures
from vault.quality.load_log as log
left join failures using (la_code, return_name, period_end)
where log.is_current
group by log.la_code, log.return_name, log.return_year, log.period_end
order by log.la_code, log.return_name, log.period_end
"""

REFUSED = """
select source_file, reason, loaded_at
from vault.quality.load_log
qualify row_number() over (partition by source_file order by loaded_at desc) = 1 and status = 'rejected'
order by source_file
"""


def _rows(connection, query: str) -> list[dict]:
    from loaders.recognise import authorities

    names = {one.la_code: one.name for one in authorities()}
    answer = connection.execute(query)
    columns = [column[0] for column in answer.description]
    rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    for row in rows:
        if "authority" in row:
            row["authority"] = names[row["authority"]]
            source = spec.returns().get(row["return"])
            period = spec.Period(row["year"], row["period_end"])
            row["period"] = source.period_name(period) if source else str(row["period_end"])
    return rows
