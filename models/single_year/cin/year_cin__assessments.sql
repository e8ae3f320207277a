-- One row per assessment, in one return year.
with

assessments as (

    select * from {{ ref('int_cin__assessments') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

working_days as (

    select * from {{ ref('ref_working_days') }}

),

timed as (

    select
        assessments.*,
        -- dates in the wrong order have no duration
        case
            when assessments.authorisation_date >= assessments.start_date
                then
                    {{ working_days_between(
                        'start_days.working_day_number', 'authorisation_days.working_day_number'
                    ) }}
        end as working_days_from_start,
        case
            when
                assessments.ordinal_in_episode = 1
                and assessments.authorisation_date >= assessments.referral_date
                then
                    {{ working_days_between(
                        'referral_days.working_day_number', 'authorisation_days.working_day_number'
                    ) }}
        end as working_days_from_referral,
        {{ open_at('assessments.start_date', 'assessments.authorisation_date',
                   year_end('assessments.return_year')) }} as is_open_at_year_end,
        {{ working_days_between(
            'start_days.working_day_number', 'year_end_days.working_day_number'
        ) }} as working_days_to_year_end
    from assessments
    left join working_days as start_days
        on assessments.start_date = start_days.day_date
    left join working_days as authorisation_days
        on assessments.authorisation_date = authorisation_days.day_date
    left join working_days as referral_days
        on assessments.referral_date = referral_days.day_date
    left join working_days as year_end_days
        on {{ year_end('assessments.return_year') }} = year_end_days.day_date

)

select
    timed.assessment_key,
    timed.episode_key,
    timed.child_year_key,
    timed.child_key,
    timed.la_code,
    timed.return_year,
    timed.start_date,
    timed.authorisation_date,
    timed.ordinal_in_episode,
    {{ in_year('timed.start_date', 'timed.return_year') }} as is_started_in_year,
    {{ in_year('timed.authorisation_date', 'timed.return_year') }} as is_completed_in_year,
    timed.is_open_at_year_end,
    timed.working_days_from_start,
    timed.working_days_from_referral,
    timed.working_days_from_start <= 45 as is_within_45_working_days,
    timed.working_days_from_referral <= 45 as is_within_45_working_days_of_referral,
    timed.is_open_at_year_end and coalesce(timed.working_days_to_year_end > 45, false)
        as is_open_over_45_working_days,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from timed
left join children
    on timed.child_year_key = children.child_year_key
