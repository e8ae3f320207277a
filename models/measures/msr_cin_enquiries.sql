-- One row per measure of enquiries and conferences, authority, year and breakdown value.
{% set enquiry_rules = {
    'CIN-S1': {'numerator': 'is_counted and is_started_in_year'},
} %}
{% set conference_rules = {
    'CIN-S2': {'numerator': 'is_held_in_year'},
    'CIN-S3': {
        'numerator': 'is_held_in_year and is_within_15_working_days',
        'denominator': 'is_held_in_year',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

enquiries as (

    select * from {{ ref('year_cin__section_47s') }}

),

conferences as (

    select * from {{ ref('year_cin__initial_conferences') }}

)

{{ count_by_breakdowns('enquiries', enquiry_rules) }}
union all
{{ count_by_breakdowns('conferences', conference_rules) }}
