-- One row per measure of annual reviews and phase transfers, authority, year and breakdown value.
{% set rules = {
    'S29': {'numerator': 'is_expected', 'denominator': 'is_in_force'},
    'S30': {
        'numerator': 'is_expected and is_held',
        'denominator': 'is_expected',
    },
    'reviews held': {
        'numerator': 'is_expected and is_held',
        'also': {'review_outcome': 'review_outcome'},
    },
    'S32': {
        'numerator': 'is_expected and days_to_decision <= 28',
        'denominator': 'is_expected and days_to_decision is not null',
    },
    'S33': {
        'numerator': 'is_transfer_due and is_transfer_on_time',
        'denominator': 'is_transfer_due',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'sen2'

),

year_plans as (

    select * from {{ ref('year_sen2__plans') }}
    where is_in_force

),

plans as (

    select
        la_code,
        return_year,
        is_in_force,
        is_review_expected as is_expected,
        review_meeting_date is not null as is_held,
        coalesce(review_outcome_code, 'None yet') as review_outcome,
        review_decision_date - review_meeting_date as days_to_decision,
        {{ in_calendar_year_before('phase_transfer_due_date') }} as is_transfer_due,
        coalesce(phase_transfer_final_date <= phase_transfer_due_date, false)
            as is_transfer_on_time,
        sex_code,
        age_band,
        ethnicity_group
    from year_plans

)

{{ count_by_breakdowns('plans', rules) }}
