-- One row per child that the lists of a day tell of.
{% set lists = [
    'contacts',
    'early_help',
    'referrals',
    'assessments',
    'section_47',
    'children_in_need',
    'child_protection',
    'children_in_care',
    'care_leavers',
    'adoption',
] %}
{% set without_disability = ['contacts', 'early_help', 'referrals'] %}

with

ethnic_groups as (

    select * from {{ ref('group_ethnicity') }}

),

genders as (

    select * from {{ ref('code_annex_a__gender') }}

),

mentions as (

    {% for list in lists %}
        select
            {{ loop.index }} as list_number,
            child_year_key,
            child_key,
            la_code,
            return_year,
            period_end,
            gender_code,
            ethnicity_code,
            birth_date,
            age_years,
            {{ 'cast(null as varchar)' if list in without_disability else 'disability_code' }}
                as disability_code
        from {{ ref('stg_annex_a__' ~ list) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- where lists contradict each other, the first one that says anything stands
children as (

    select
        any_value(child_year_key) as child_year_key,
        child_key,
        la_code,
        any_value(return_year) as return_year,
        period_end,
        arg_min(gender_code, list_number) as gender_code,
        arg_min(ethnicity_code, list_number) as ethnicity_code,
        arg_min(birth_date, list_number) as birth_date,
        arg_min(age_years, list_number) as age_years,
        arg_min(disability_code, list_number) as disability_code
    from mentions
    group by child_key, la_code, period_end

),

aged as (

    select
        *,
        coalesce(birth_date > period_end, age_years < 0, false) as is_unborn,
        -- the age as sent serves where there is no date of birth
        cast(coalesce({{ age_at('birth_date', 'period_end') }}, floor(age_years)) as integer) as age
    from children

)

select
    aged.child_year_key,
    aged.child_key,
    aged.la_code,
    aged.return_year,
    aged.period_end,
    case when genders.label = 'Not stated' then 'U' else coalesce(left(genders.label, 1), 'U') end
        as sex_code,
    aged.ethnicity_code,
    coalesce(ethnic_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    {{ is_yes('aged.disability_code') }} as is_disabled,
    case when not aged.is_unborn then aged.age end as age_at_period_end,
    {{ cin_age_band('aged.age', 'aged.is_unborn') }} as age_band
from aged
left join genders
    on aged.gender_code = genders.code
left join ethnic_groups
    on aged.ethnicity_code = ethnic_groups.code
