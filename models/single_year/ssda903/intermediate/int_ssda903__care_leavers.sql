-- One row per care leaver in the return (OC3), with age group and whether the cohort has them.
with

returned as (

    select
        *,
        -- One row a young person is asked for; of several, the last in the return counts.
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) as oc3_rank
    from {{ ref('stg_ssda903__oc3') }}

),

birth_dates as (

    select * from {{ ref('int_ssda903__children') }}

),

last_ends as (

    select * from {{ ref('int_ssda903__last_ends') }}

),

age_groups as (

    select * from {{ ref('group_ssda903__care_leaver_age') }}

),

aged as (

    select
        returned.*,
        -- The birthday in the year is the last one on or before 31 March.
        {{ age_at(
            'coalesce(returned.birth_date, birth_dates.birth_date)',
            year_end('returned.return_year')
        ) }} as age_at_birthday_in_year
    from returned
    inner join birth_dates
        on returned.child_year_key = birth_dates.child_year_key
    where returned.oc3_rank = 1

)

select
    aged.child_year_key,
    aged.child_key,
    aged.la_code,
    aged.return_year,
    aged.in_touch_code,
    aged.activity_code,
    aged.accommodation_code,
    aged.age_at_birthday_in_year,
    coalesce(age_groups.age_group, 'unknown') as age_group,
    coalesce(last_ends.is_short_break_only, false) as is_short_break_only,
    coalesce(last_ends.is_transferred, false) as is_transferred,
    age_groups.age_group is not null
    and aged.return_year >= age_groups.first_year
    and coalesce(aged.in_touch_code not in ('DIED', 'RHOM'), true)
    and not coalesce(last_ends.is_short_break_only, false)
    and not coalesce(last_ends.is_transferred, false) as is_in_cohort
from aged
left join age_groups
    on aged.age_at_birthday_in_year = age_groups.age
left join last_ends
    on aged.child_year_key = last_ends.child_year_key
