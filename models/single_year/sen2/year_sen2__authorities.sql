-- One row per authority and return year of SEN2.
with

headers as (

    select * from {{ ref('stg_sen2__header') }}

),

persons as (

    select * from {{ ref('year_sen2__persons') }}

),

counts as (

    select
        la_code,
        return_year,
        cast(count(*) as integer) as person_count
    from persons
    group by la_code, return_year

),

latest_headers as (

    select * from headers
    -- a return has one header; of several sent, the last counts
    qualify
        row_number() over (
            partition by la_code, return_year order by source_file desc, source_row desc
        ) = 1

)

select
    counts.la_code,
    counts.return_year,
    latest_headers.medical_officer_code,
    latest_headers.clinical_officer_code,
    latest_headers.social_care_officer_code,
    {{ census_day('counts.return_year') }} as census_date,
    counts.person_count
from counts
left join latest_headers
    on
        counts.la_code = latest_headers.la_code
        and counts.return_year = latest_headers.return_year
