-- One row per measure of starting or ceasing to be looked after, authority, year and breakdown.
{% set start_rules = {'CLA-2': {'numerator': 'is_first_start_in_year'}} %}
{% set end_rules = {
    'CLA-3': {
        'numerator': 'is_last_end_in_year',
        'also': {'reason_ceased': 'reason_ceased_group'},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'ssda903'

),

periods_of_care as (

    select * from {{ ref('year_ssda903__periods_of_care') }}

),

starts as (

    select
        la_code,
        return_year,
        is_first_start_in_year,
        sex_code,
        age_band_at_start as age_band,
        ethnicity_group
    from periods_of_care
    where is_first_start_in_year

),

ends as (

    select
        la_code,
        return_year,
        is_last_end_in_year,
        reason_ceased_group,
        sex_code,
        age_band_at_end as age_band,
        ethnicity_group
    from periods_of_care
    where is_last_end_in_year

)

{{ count_by_breakdowns('starts', start_rules) }}
union all
{{ count_by_breakdowns('ends', end_rules) }}
