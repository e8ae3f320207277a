-- One row per authority, year to 31 March and breakdown value: looked-after children, with an
-- outcome or without.
{% set rules = {
    'Y11': {'numerator': 'has_outcome', 'denominator': 'is_looked_after'},
} %}

with

all_returns as (

    select * from {{ ref('msr_returns') }}

),

-- the return of the quarter to 31 March, where all four of the year and SSDA903 were sent
returns as (

    select all_returns.*
    from all_returns
    inner join all_returns as of_care
        on
            all_returns.la_code = of_care.la_code
            and all_returns.return_year = of_care.return_year
    where
        all_returns.return_name = 'youth_justice'
        and list_has_all(all_returns.tables_sent, ['persons', 'outcomes'])
        and of_care.return_name = 'ssda903'
    qualify
        all_returns.period_end = {{ year_end('all_returns.return_year') }}
        and count(distinct quarter(all_returns.period_end)) over (
            partition by all_returns.la_code, all_returns.return_year
        ) = 4

),

year_children as (

    select * from {{ ref('year_youth_justice__children') }}

),

year_outcomes as (

    select * from {{ ref('year_youth_justice__outcomes') }}
    where is_in_quarter

),

year_looked_after as (

    select * from {{ ref('year_ssda903__looked_after_at_year_end') }}

),

-- distinct: a child may have several outcomes in the year
children_with_outcomes as (

    select distinct
        year_children.child_key,
        year_children.return_year
    from year_children
    inner join year_outcomes
        on
            year_children.yj_person_key = year_outcomes.yj_person_key
            and year_children.period_end = year_outcomes.period_end

),

looked_after as (

    select
        year_looked_after.la_code,
        {{ year_end('year_looked_after.return_year') }} as period_end,
        true as is_looked_after,
        children_with_outcomes.child_key is not null as has_outcome,
        year_looked_after.sex_code,
        year_looked_after.age_band,
        year_looked_after.ethnicity_group
    from year_looked_after
    left join children_with_outcomes
        on
            year_looked_after.child_key = children_with_outcomes.child_key
            and year_looked_after.return_year = children_with_outcomes.return_year

)

{{ count_by_breakdowns('looked_after', rules, period='period_end') }}
