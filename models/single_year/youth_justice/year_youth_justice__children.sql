-- One row per child in the return of one quarter.
with

persons as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by yj_person_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__persons') }}

),

ethnicity_groups as (

    select * from {{ ref('group_ethnicity') }}

),

children as (

    select
        *,
        {{ age_at('birth_date', 'period_end') }} as age_at_period_end
    from persons
    where row_from_last = 1

)

select
    children.yj_person_key,
    children.child_key,
    children.la_code,
    children.return_year,
    children.period_end,
    case when children.sex_code in ('M', 'F') then children.sex_code else 'U' end as sex_code,
    children.ethnicity_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    children.care_status_code,
    children.local_status_code = 'LOCAL' as is_local,
    nullif(children.care_status_code, 'U') = 'CLA' as is_looked_after,
    children.age_at_period_end,
    {{ youth_age_band('children.age_at_period_end') }} as age_band
from children
left join ethnicity_groups
    on children.ethnicity_code = ethnicity_groups.code
