-- One row per child protection plan, in one return year.
with

plans as (

    select * from {{ ref('int_cin__child_protection_plans') }}

),

exact_dates as (

    select * from {{ ref('int_cin__children') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

aged as (

    select
        plans.*,
        cast({{ age_at('exact_dates.birth_date', 'plans.start_date') }} as integer) as age_at_start,
        coalesce(exact_dates.birth_date > plans.start_date, exact_dates.is_unborn)
            as is_unborn_at_start
    from plans
    left join exact_dates
        on plans.child_year_key = exact_dates.child_year_key

)

select
    aged.cp_plan_key,
    aged.episode_key,
    aged.child_year_key,
    aged.child_key,
    aged.la_code,
    aged.return_year,
    aged.start_date,
    aged.end_date,
    aged.initial_category_code,
    aged.latest_category_code,
    aged.number_of_previous_plans,
    aged.number_of_previous_plans >= 1 as is_second_or_subsequent,
    {{ in_year('aged.start_date', 'aged.return_year') }} as is_started_in_year,
    {{ in_year('aged.end_date', 'aged.return_year') }} as is_ended_in_year,
    {{ open_at('aged.start_date', 'aged.end_date', year_end('aged.return_year')) }}
        as is_open_at_year_end,
    aged.same_day_ordinal = 1 as is_counted,
    -- a child is on one plan at most: of several left open, the latest counts
    aged.same_day_ordinal = 1
    and {{ open_at('aged.start_date', 'aged.end_date', year_end('aged.return_year')) }}
    and row_number() over (
        partition by
            aged.child_year_key,
            aged.same_day_ordinal = 1,
            {{ open_at('aged.start_date', 'aged.end_date', year_end('aged.return_year')) }}
        order by aged.start_date desc
    ) = 1 as is_counted_at_year_end,
    aged.age_at_start,
    {{ cin_age_band('aged.age_at_start', 'aged.is_unborn_at_start') }} as age_band_at_start,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from aged
left join children
    on aged.child_year_key = children.child_year_key
