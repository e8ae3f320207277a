-- One row per measure of children in need, authority, year and breakdown value.
{% set rules = {
    'CIN-N1': {
        'numerator': 'is_in_need and is_open_at_year_end',
        'also': {'primary_need': 'primary_need'},
    },
    'CIN-N2': {'numerator': 'is_in_need and is_referred_in_year'},
    'CIN-N3': {
        'numerator': 'is_in_need and is_closed_in_year',
        'also': {'closure_reason': 'closure_reason'},
    },
    'CIN-N4': {'numerator': 'is_in_need and (is_open_at_year_end or is_closed_in_year)'},
    'CIN-N7': {
        'numerator': 'is_in_need and is_open_at_year_end and has_disability',
        'denominator': 'is_in_need and is_open_at_year_end',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

episodes as (

    select * from {{ ref('year_cin__episodes') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

episodes_of_need as (

    select
        episodes.la_code,
        episodes.return_year,
        episodes.is_in_need,
        episodes.is_referred_in_year,
        episodes.is_closed_in_year,
        episodes.is_open_at_year_end,
        coalesce(children.has_disability, false) as has_disability,
        -- N0 stands for a need that is not recorded yet
        coalesce(nullif(episodes.primary_need_code, 'N0'), 'Not stated') as primary_need,
        coalesce(episodes.closure_reason_code, 'Not stated') as closure_reason,
        episodes.sex_code,
        episodes.age_band,
        episodes.ethnicity_group
    from episodes
    left join children
        on episodes.child_year_key = children.child_year_key

)

{{ count_by_breakdowns('episodes_of_need', rules) }}
