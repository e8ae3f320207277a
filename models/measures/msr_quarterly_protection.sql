-- One row per quarterly indicator of child protection, authority and quarter.
{% set enquired = 'enquiries.is_counted and '
    ~ in_quarter('enquiries.start_date', 'quarters.period_end') %}
{% set held = "conferences.conference_source = 'section_47' and "
    ~ in_quarter('conferences.conference_date', 'quarters.period_end') %}
{% set started = in_quarter('plans.start_date', 'quarters.period_end') %}
{% set ended = in_quarter('plans.end_date', 'quarters.period_end') %}
{% set open = open_at('plans.start_date', 'plans.end_date', 'quarters.period_end') %}
{% set enquiry_rules = {
    'Q13': {'counted': enquired},
    'Q14': {'counted': enquired, 'of_which': 'enquiries.has_initial_conference'},
} %}
{% set conference_rules = {
    'Q15': {'counted': held},
    'Q16': {'counted': held, 'of_which': 'conferences.is_within_15_working_days'},
} %}
{% set plan_rules = {
    'Q18': {'counted': started},
    'Q19': {'counted': started, 'of_which': 'plans.is_second_or_subsequent'},
    'Q22': {'counted': ended, 'of_which': 'plans.end_date >= plans.two_years_on'},
} %}
{% set child_rules = {
    'Q20': {'counted': open},
    'Q21': {'counted': open, 'of_which': 'quarters.period_end >= plans.two_years_on'},
} %}

with

quarters as (

    select * from {{ ref('msr_quarters') }}

),

enquiries as (

    select * from {{ ref('year_cin__section_47s') }}

),

conferences as (

    select * from {{ ref('year_cin__initial_conferences') }}

),

child_protection_plans as (

    select * from {{ ref('year_cin__child_protection_plans') }}

),

plans as (

    select
        cp_plan_key,
        child_year_key,
        la_code,
        return_year,
        start_date,
        end_date,
        is_second_or_subsequent,
        start_date + interval 24 month as two_years_on
    from child_protection_plans
    where is_counted

)

{{ count_by_quarter('cin', 'enquiries', 'section_47_key', enquiry_rules) }}
union all
{{ count_by_quarter('cin', 'conferences', 'initial_conference_key', conference_rules) }}
union all
{{ count_by_quarter('cin', 'plans', 'cp_plan_key', plan_rules) }}
union all
{{ count_by_quarter('cin', 'plans', 'child_year_key', child_rules) }}
