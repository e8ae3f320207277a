-- One row per measure of caseload, authority and year.
{% set rules = {
    'W14': {'numerator': 'cases_held', 'by': {}},
    'W15': {'numerator': 'case_holder_fte', 'by': {}},
    'W16': {'numerator': 'cases_held', 'denominator': 'case_holder_fte', 'by': {}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'csww'

),

workers as (

    select * from {{ ref('year_csww__workers') }}

),

-- agency workers hold cases as the others do; who has left holds none
posts as (

    select
        la_code,
        return_year,
        cases_held,
        case when cases_held >= 1 then fte end as case_holder_fte
    from workers
    where is_in_post or is_agency

)

{{ count_by_breakdowns('posts', rules, is_decimal=true) }}
