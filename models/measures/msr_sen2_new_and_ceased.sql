-- One row per measure of new plans and of plans that ceased, authority, year and breakdown value.
{% set new_rules = {
    'S03': {'numerator': 'is_new', 'also': {'primary_need': 'primary_need_group'}},
} %}
{% set ceased_rules = {
    'plans ceased': {'numerator': 'is_ceased', 'also': {'cease_reason': 'cease_reason'}},
    'S36-O': {'numerator': "is_ceased and cease_reason = '5'", 'denominator': 'is_ceased'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'sen2'

),

plans as (

    select * from {{ ref('year_sen2__plans') }}

),

new_plans as (

    select
        la_code,
        return_year,
        is_new,
        primary_need_group,
        sex_code,
        age_band_at_start as age_band,
        ethnicity_group
    from plans

),

ceased_plans as (

    select
        la_code,
        return_year,
        is_ceased_in_year as is_ceased,
        coalesce(cease_reason_code, 'Not stated') as cease_reason,
        sex_code,
        age_band_at_cease as age_band,
        ethnicity_group
    from plans

)

{{ count_by_breakdowns('new_plans', new_rules) }}
union all
{{ count_by_breakdowns('ceased_plans', ceased_rules) }}
