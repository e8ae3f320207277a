-- One row per child and return year.
with

children as (

    select * from {{ ref('int_ssda903__children') }}

),

ethnicities as (

    select * from {{ ref('group_ethnicity') }}

),

care_in_year as (

    select
        child_year_key,
        bool_or(not is_short_break) as is_looked_after,
        bool_or(is_short_break) as has_short_break
    from {{ ref('int_ssda903__episodes') }}
    where
        not is_set_aside
        and start_date <= {{ year_end() }}
        and coalesce(spell_end_date, 'infinity') >= {{ year_start() }}
    group by child_year_key

),

aged as (

    select
        *,
        {{ age_at('birth_date', year_end()) }} as age_at_year_end
    from children

)

select
    aged.child_year_key,
    aged.child_key,
    aged.la_code,
    aged.return_year,
    aged.sex_code,
    cast(date_trunc('month', aged.birth_date) as date) as birth_month,
    aged.ethnicity_code,
    coalesce(ethnicities.ethnicity_group, 'Unknown') as ethnicity_group,
    aged.age_at_year_end,
    {{ looked_after_age_band('aged.age_at_year_end') }} as age_band,
    aged.is_uasc_in_year,
    aged.is_uasc_in_year
    and coalesce(aged.uasc_end_date, 'infinity') > {{ year_end('aged.return_year') }}
        as is_uasc_at_year_end,
    aged.is_mother,
    aged.has_upn,
    aged.is_in_header,
    coalesce(care_in_year.is_looked_after, false) as is_looked_after_in_year,
    coalesce(care_in_year.has_short_break, false) as has_short_break_in_year
from aged
left join ethnicities
    on aged.ethnicity_code = ethnicities.code
left join care_in_year
    on aged.child_year_key = care_in_year.child_year_key
