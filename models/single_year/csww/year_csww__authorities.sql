-- One row per authority and collection year of the workforce census.
with

la_level as (

    select * from {{ ref('stg_csww__la_level') }}

),

workers as (

    select * from {{ ref('stg_csww__workers') }}

),

absence_days as (

    select * from {{ ref('absence_working_days') }}

),

returns as (

    select
        la_code,
        return_year,
        cast(count(*) as integer) as record_count
    from workers
    group by la_code, return_year

),

latest_la_level as (

    select * from la_level
    -- of two elements in a file the last one counts
    qualify
        row_number() over (
            partition by la_code, return_year order by source_file desc, source_row desc
        ) = 1

)

select
    returns.la_code,
    returns.return_year,
    latest_la_level.recruitment_bonus_code,
    latest_la_level.retention_bonus_code,
    latest_la_level.performance_award_code,
    latest_la_level.car_allowance_code,
    latest_la_level.relocation_package_code,
    latest_la_level.regional_weighting_code,
    latest_la_level.registration_cost_code,
    latest_la_level.dbs_cost_code,
    latest_la_level.vacancies_fte,
    latest_la_level.agency_cover_fte,
    latest_la_level.agency_cover_headcount,
    absence_days.working_days as absence_working_days,
    returns.record_count
from returns
left join latest_la_level
    on
        returns.la_code = latest_la_level.la_code
        and returns.return_year = latest_la_level.return_year
left join absence_days
    on returns.return_year = absence_days.return_year
