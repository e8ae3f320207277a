-- One row per measure of agency workers, authority and year.
{% set rules = {
    'W07': {'numerator': 'agency_fte', 'by': {}},
    'W07-H': {'numerator': 'is_agency', 'by': {}},
    'W08': {'numerator': 'agency_fte', 'denominator': 'agency_fte + in_post_fte', 'by': {}},
    'W08-H': {
        'numerator': 'is_agency',
        'denominator': 'is_agency or is_counted_in_post',
        'by': {},
    },
    'W28': {'median': 'agency_contract_weeks', 'by': {}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'csww'

),

workers as (

    select * from {{ ref('year_csww__workers') }}

),

-- agency workers are counted by their rows: they may have no date of birth to tell them apart by
posts as (

    select
        la_code,
        return_year,
        is_agency,
        is_counted_in_post,
        case when is_agency then fte else 0 end as agency_fte,
        case when is_agency then contract_weeks end as agency_contract_weeks,
        case when is_in_post then fte else 0 end as in_post_fte
    from workers

)

{{ count_by_breakdowns('posts', rules, is_decimal=true) }}
