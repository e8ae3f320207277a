-- One row per measure of how looked-after children are kept an eye on (list 8), authority and day.
{% set rules = {
    'A808': {'numerator': 'is_visited', 'denominator': 'is_open'},
    'A809': {'numerator': 'is_review_due and is_reviewed', 'denominator': 'is_review_due'},
    'A810': {'numerator': 'is_contacted_since_review', 'denominator': 'is_open'},
    'A811': {'numerator': 'is_of_12_months and has_health_assessment', 'denominator': 'is_of_12_months'},
    'A811-A': {'numerator': 'has_health_assessment', 'denominator': 'is_open'},
    'A812': {'numerator': 'is_of_12_months and has_dental_check', 'denominator': 'is_of_12_months'},
    'A812-A': {'numerator': 'has_dental_check', 'denominator': 'is_open'},
    'A814': {'numerator': 'missing_episodes >= 1', 'denominator': 'is_open'},
    'A814-E': {'numerator': 'missing_episodes'},
    'A814-A': {'numerator': 'absent_episodes >= 1', 'denominator': 'is_open'},
    'A814-AE': {'numerator': 'absent_episodes'},
    'A815': {
        'numerator': 'missing_episodes >= 1 and is_return_interview_offered',
        'denominator': 'missing_episodes >= 1',
    },
    'A815-A': {
        'numerator': 'is_interview_offered and is_return_interview_accepted',
        'denominator': 'is_interview_offered',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'children_in_care')

),

working_days as (

    select * from {{ ref('ref_working_days') }}

),

year_children as (

    select * from {{ ref('year_annex_a__children_in_care') }}
    where is_open_at_period_end

),

children as (

    select
        year_children.la_code,
        year_children.period_end,
        true as is_open,
        coalesce(
            year_children.period_end - year_children.last_visit_date between 0 and 42, false
        ) as is_visited,
        -- care that began before the first day of the calendar has lasted at least all of it
        {{ working_days_between(
            'coalesce(start_days.working_day_number, 0)', 'list_days.working_day_number'
        ) }} > 20 as is_review_due,
        {{ in_months_before('year_children.last_review_date', 6, 'year_children.period_end') }}
            as is_reviewed,
        coalesce(
            year_children.last_iro_contact_date > year_children.last_review_date
            and year_children.last_iro_contact_date <= year_children.period_end,
            false
        ) as is_contacted_since_review,
        year_children.cla_start_date + interval 12 month <= year_children.period_end
            as is_of_12_months,
        case
            when year_children.age_at_period_end < 5
                then {{ in_months_before('last_health_assessment_date', 6) }}
            else {{ in_months_before('last_health_assessment_date', 12) }}
        end as has_health_assessment,
        {{ in_months_before('last_dental_check_date', 12) }} as has_dental_check,
        coalesce(year_children.missing_episodes_12_months_count, 0) as missing_episodes,
        coalesce(year_children.absent_episodes_12_months_count, 0) as absent_episodes,
        coalesce(year_children.missing_episodes_12_months_count >= 1, false)
        and coalesce(year_children.is_return_interview_offered, false) as is_interview_offered,
        coalesce(year_children.is_return_interview_offered, false) as is_return_interview_offered,
        coalesce(year_children.is_return_interview_accepted, false) as is_return_interview_accepted,
        year_children.sex_code,
        year_children.age_band,
        year_children.ethnicity_group,
        {{ yes_no('year_children.is_disabled') }} as disability
    from year_children
    left join working_days as start_days
        on year_children.cla_start_date = start_days.day_date
    left join working_days as list_days
        on year_children.period_end = list_days.day_date

)

{{ count_by_breakdowns(
    'children',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
