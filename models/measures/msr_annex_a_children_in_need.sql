-- One row per measure of children in need (list 6), authority, day and breakdown value.
{% set rules = {
    'A601': {
        'numerator': 'is_open',
        'also': {'case_status': 'case_status', 'primary_need': 'primary_need'},
    },
    'A602': {'numerator': 'is_open', 'by': {}},
    'plans in need': {'numerator': 'is_plan', 'by': {'time_open': 'time_open'}},
    'A605': {
        'numerator': 'is_plan_of_4_weeks and days_since_seen between 0 and 28',
        'denominator': 'is_plan_of_4_weeks',
    },
    'A605-6': {
        'numerator': 'is_plan_of_6_weeks and days_since_seen between 0 and 42',
        'denominator': 'is_plan_of_6_weeks',
    },
    'cases closed': {'numerator': 'is_closed', 'by': {'closure_reason': 'closure_reason'}},
    'A607': {'numerator': 'is_open and not has_allocated_worker', 'denominator': 'is_open'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'children_in_need')

),

year_children as (

    select * from {{ ref('year_annex_a__children_in_need') }}

),

open_children as (

    select
        *,
        is_open_at_period_end and case_status = 'Child in need plan' as is_plan,
        period_end - cin_start_date as days_open
    from year_children

),

children as (

    select
        la_code,
        period_end,
        is_open_at_period_end as is_open,
        is_closed_in_period as is_closed,
        is_plan,
        is_plan and days_open >= 28 as is_plan_of_4_weeks,
        is_plan and days_open >= 42 as is_plan_of_6_weeks,
        period_end - last_seen_date as days_since_seen,
        has_allocated_worker,
        case_status,
        primary_need,
        closure_reason,
        {{ duration_band('cin_start_date', 'period_end') }} as time_open,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from open_children

)

{{ count_by_breakdowns(
    'children',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
