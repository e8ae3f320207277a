-- One row per measure of child protection plans (list 7), authority, day and breakdown value.
{% set rules = {
    'A701': {
        'numerator': 'is_open',
        'also': {
            'category_of_abuse': 'latest_category',
            'initial_category': 'initial_category',
            'time_on_plan': 'time_on_plan',
        },
    },
    'A702': {'numerator': 'is_started'},
    'A702-E': {'numerator': 'is_ended'},
    'A704': {'numerator': 'is_started and previous_cpp_count >= 1', 'denominator': 'is_started'},
    'A705': {'numerator': 'is_open and is_over_2_years', 'denominator': 'is_open'},
    'A705-E': {'numerator': 'is_ended and is_ended_after_2_years', 'denominator': 'is_ended'},
    'A707': {
        'numerator': 'is_open and working_days_on_plan >= 10 and working_days_since_visit between 0 and 10',
        'denominator': 'is_open and working_days_on_plan >= 10',
    },
    'A707-4': {
        'numerator': 'is_open and days_on_plan >= 28 and days_since_visit between 0 and 28',
        'denominator': 'is_open and days_on_plan >= 28',
    },
    'A707-6': {
        'numerator': 'is_open and days_on_plan >= 42 and days_since_visit between 0 and 42',
        'denominator': 'is_open and days_on_plan >= 42',
    },
    'A708': {
        'numerator': 'is_open and is_seen_alone',
        'denominator': 'is_open and is_seen_alone is not null',
    },
    'A709': {
        'numerator': 'is_review_due and is_reviewed_lately',
        'denominator': 'is_review_due',
    },
    'A710': {'numerator': 'is_listed and has_emergency_protection', 'denominator': 'is_listed'},
    'A607-7': {'numerator': 'is_open and not has_allocated_worker', 'denominator': 'is_open'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'child_protection')

),

year_plans as (

    select * from {{ ref('year_annex_a__child_protection_plans') }}

),

plans as (

    select
        la_code,
        period_end,
        is_open_at_period_end or is_ended_in_period as is_listed,
        is_open_at_period_end as is_open,
        is_started_in_period as is_started,
        is_ended_in_period as is_ended,
        cpp_start_date + interval 2 year < period_end as is_over_2_years,
        cpp_start_date + interval 2 year < cpp_end_date as is_ended_after_2_years,
        period_end - cpp_start_date as days_on_plan,
        period_end - last_visit_date as days_since_visit,
        is_open_at_period_end and cpp_start_date + interval 3 month <= period_end as is_review_due,
        {{ in_months_before('last_review_date', 6) }} as is_reviewed_lately,
        working_days_on_plan,
        working_days_since_visit,
        is_seen_alone,
        coalesce(has_emergency_protection, false) as has_emergency_protection,
        has_allocated_worker,
        previous_cpp_count,
        initial_category,
        latest_category,
        {{ duration_band('cpp_start_date', 'period_end') }} as time_on_plan,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_plans

)

{{ count_by_breakdowns(
    'plans',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
