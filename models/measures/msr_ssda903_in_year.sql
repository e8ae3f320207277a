-- One row per measure of children in care during a year, authority, year and breakdown value.
{% set rules = {
    'CLA-4': {'numerator': 'is_looked_after_in_year'},
    'CLA-32': {
        'numerator': 'missing_incidents > 0',
        'denominator': 'is_looked_after_in_year',
    },
    'CLA-33': {
        'numerator': 'missing_incidents',
        'denominator': 'missing_incidents > 0',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'ssda903'

),

year_children as (

    select * from {{ ref('year_ssda903__children') }}

),

incidents as (

    select * from {{ ref('year_ssda903__missing_incidents') }}

),

missing as (

    select
        child_year_key,
        count(*) as missing_incidents
    from incidents
    where
        incident_type_code = 'M'
        and touches_year
        and not is_duplicate
    group by child_year_key

),

children as (

    select
        year_children.la_code,
        year_children.return_year,
        year_children.is_looked_after_in_year,
        coalesce(missing.missing_incidents, 0) as missing_incidents,
        year_children.sex_code,
        year_children.age_band,
        year_children.ethnicity_group
    from year_children
    left join missing
        on year_children.child_year_key = missing.child_year_key
    where year_children.is_looked_after_in_year

)

{{ count_by_breakdowns('children', rules) }}
