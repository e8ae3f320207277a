-- One row per measure of absence through sickness, authority and year.
{% set rules = {
    'W17': {'numerator': 'working_days_lost', 'by': {}},
    'W18': {
        'numerator': 'working_days_lost',
        'denominator': 'in_post_fte * absence_working_days',
        'by': {},
        'only': 'absence_working_days is not null',
    },
} %}

with

authorities as (

    select * from {{ ref('year_csww__authorities') }}

),

workers as (

    select * from {{ ref('year_csww__workers') }}

),

returns as (

    select
        la_code,
        return_year,
        {{ workforce_day('return_year') }} as period_end,
        absence_working_days
    from authorities

),

-- the days of leavers count too
posts as (

    select
        la_code,
        return_year,
        working_days_lost,
        case when is_in_post then fte end as in_post_fte
    from workers
    where not is_agency

)

{{ count_by_breakdowns('posts', rules, is_decimal=true) }}
