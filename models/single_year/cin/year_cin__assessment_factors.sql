-- One row per assessment and factor found at its end, in one return year.
with

factors as (

    select * from {{ ref('stg_cin__assessment_factors') }}

),

assessments as (

    select * from {{ ref('int_cin__assessments') }}

),

factor_groups as (

    select * from {{ ref('group_cin__assessment_factor') }}

)

-- distinct: the same factor may be sent twice for one assessment
select distinct
    assessments.assessment_key,
    assessments.episode_key,
    factors.child_year_key,
    factors.child_key,
    factors.la_code,
    factors.return_year,
    factors.factor_code,
    coalesce(factor_groups.factor_group, 'Not a listed code') as factor_group,
    coalesce(factor_groups.is_harm_outside_home, false) as is_harm_outside_home
from factors
left join assessments
    on
        factors.la_code = assessments.la_code
        and factors.return_year = assessments.return_year
        and factors.source_file = assessments.source_file
        and factors.parent_row = assessments.source_row
left join factor_groups
    on factors.factor_code = factor_groups.code
where factors.factor_code is not null
