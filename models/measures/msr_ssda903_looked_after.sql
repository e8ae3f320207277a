-- One row per measure of children looked after at 31 March, authority, year and breakdown value.
{% set rules = {
    'CLA-1': {
        'numerator': 'is_looked_after',
        'also': {
            'category_of_need': 'category_of_need',
            'legal_status': 'legal_status',
            'placement': 'placement',
            'provider': 'placement_provider',
        },
    },
    'CLA-13': {'numerator': 'placement_count_in_year >= 3', 'denominator': 'is_looked_after'},
    'CLA-16': {'numerator': 'is_uasc', 'denominator': 'is_looked_after'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'ssda903'

),

looked_after as (

    select * from {{ ref('year_ssda903__looked_after_at_year_end') }}

),

children as (

    select
        la_code,
        return_year,
        true as is_looked_after,
        placement_count_in_year,
        is_uasc,
        coalesce(category_of_need_code, 'Not stated') as category_of_need,
        coalesce(legal_status_group, 'Not stated') as legal_status,
        coalesce(placement_group, 'Not stated') as placement,
        coalesce(placement_provider_group, 'Not stated') as placement_provider,
        sex_code,
        age_band,
        ethnicity_group
    from looked_after

)

{{ count_by_breakdowns('children', rules) }}
