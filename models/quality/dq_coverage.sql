-- One row per return, period and authority of the region: whether it sent the return, how much is
-- in it, how much is wrong with it, and what a reader has to know.
with

load_log as (

    select * from {{ ref('load_log') }}

),

failure_counts as (

    select * from {{ ref('dq_field_failure_counts') }}

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}
    where is_in_region

),

caveats as (

    select * from {{ ref('return_caveats') }}

),

landed as (

    select
        return_name,
        period_end,
        return_year,
        la_code,
        count(*) as files,
        sum(list_sum(map_values(table_rows))) as landed_rows,
        max(loaded_at) as loaded_at
    from load_log
    where is_current
    group by return_name, period_end, return_year, la_code

),

-- distinct: a period of which any authority has sent a return is a period of all of them
periods as (

    select distinct
        return_name,
        period_end,
        return_year
    from landed

),

failures as (

    select
        return_name,
        period_end,
        la_code,
        sum(failures) as values_to_mend
    from failure_counts
    group by return_name, period_end, la_code

)

select
    periods.return_name,
    periods.period_end,
    periods.return_year,
    local_authorities.la_code,
    coalesce(caveats.kind != 'sent_by_another', true) as is_expected,
    landed.la_code is not null as is_sent,
    cast(coalesce(landed.files, 0) as integer) as files,
    cast(coalesce(landed.landed_rows, 0) as bigint) as landed_rows,
    cast(coalesce(failures.values_to_mend, 0) as bigint) as values_to_mend,
    landed.loaded_at,
    caveats.caveat
from periods
inner join local_authorities
    on
        periods.return_year between
        coalesce(local_authorities.first_year, 0) and coalesce(local_authorities.last_year, 9999)
left join landed
    on
        periods.return_name = landed.return_name
        and periods.period_end = landed.period_end
        and local_authorities.la_code = landed.la_code
left join failures
    on
        periods.return_name = failures.return_name
        and periods.period_end = failures.period_end
        and local_authorities.la_code = failures.la_code
left join caveats
    on
        periods.return_name = caveats.return_name
        and local_authorities.la_code = caveats.la_code
        and periods.return_year between caveats.first_year and coalesce(caveats.last_year, 9999)
