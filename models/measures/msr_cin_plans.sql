-- One row per measure of child protection plans, authority, year and breakdown value.
{% set rules = {
    'CIN-P1': {
        'numerator': 'is_open_at_year_end',
        'also': {'duration': 'duration', 'category_of_abuse': 'category_of_abuse'},
    },
    'CIN-P2': {'numerator': 'is_started_in_year'},
    'CIN-P3': {'numerator': 'is_ended_in_year'},
    'CIN-P4': {'numerator': 'is_open_at_year_end or is_ended_in_year'},
    'CIN-P5': {
        'numerator': 'is_started_in_year and is_second_or_subsequent',
        'denominator': 'is_started_in_year',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

child_protection_plans as (

    select * from {{ ref('year_cin__child_protection_plans') }}

),

plans as (

    select
        la_code,
        return_year,
        is_counted_at_year_end as is_open_at_year_end,
        is_started_in_year,
        is_ended_in_year,
        coalesce(is_second_or_subsequent, false) as is_second_or_subsequent,
        {{ duration_band('start_date', year_end()) }} as duration,
        coalesce(latest_category_code, initial_category_code, 'Not stated') as category_of_abuse,
        sex_code,
        age_band,
        ethnicity_group
    from child_protection_plans
    where is_counted

)

{{ count_by_breakdowns('plans', rules) }}
