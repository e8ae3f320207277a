-- One row per assessment measure, authority, year and breakdown value.
{% set rules = {
    'CIN-A1': {
        'numerator': 'is_completed_in_year',
        'also': {'working_day_band': 'working_day_band'},
    },
    'CIN-A3': {
        'numerator': 'is_completed_in_year and is_within_45_working_days',
        'denominator': 'is_completed_in_year',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

year_assessments as (

    select * from {{ ref('year_cin__assessments') }}

),

assessments as (

    select
        la_code,
        return_year,
        is_completed_in_year,
        is_within_45_working_days,
        case
            when working_days_from_start is null or working_days_from_start < 0 then 'Unknown'
            when working_days_from_start = 0 then 'Same day'
            when working_days_from_start <= 10 then '1 to 10'
            when working_days_from_start <= 20 then '11 to 20'
            when working_days_from_start <= 30 then '21 to 30'
            when working_days_from_start <= 40 then '31 to 40'
            when working_days_from_start <= 45 then '41 to 45'
            when working_days_from_start <= 50 then '46 to 50'
            when working_days_from_start <= 60 then '51 to 60'
            else '61 and over'
        end as working_day_band,
        sex_code,
        age_band,
        ethnicity_group
    from year_assessments

)

{{ count_by_breakdowns('assessments', rules) }}
