-- One row per measure of care proceedings, authority and quarter.
{% set rules = {
    'P06': {
        'numerator': "is_issued and short_notice_code = 'Y'",
        'denominator': 'is_issued',
        'by': {},
    },
    'P07': {
        'numerator': 'is_ended and is_within_26_weeks',
        'denominator': 'is_ended and is_within_26_weeks is not null',
        'by': {},
    },
    'P08': {
        'numerator': 'is_ended and final_care_plan_code = initial_care_plan_code',
        'denominator': 'is_ended',
        'by': {},
    },
    'P08-A': {
        'numerator': "is_ended and final_plan_approved_code = 'Y'",
        'denominator': 'is_ended',
        'by': {},
    },
    'P09-C': {
        'numerator': 'is_issued and previous_care_proceedings_count >= 1',
        'denominator': 'is_issued',
        'by': {},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'plo'

),

year_cases as (

    select * from {{ ref('year_plo__cases') }}

),

cases as (

    select
        la_code,
        period_end,
        {{ in_quarter('proceedings_issued_date') }} as is_issued,
        {{ in_quarter('final_order_date') }} as is_ended,
        is_within_26_weeks,
        short_notice_code,
        initial_care_plan_code,
        final_care_plan_code,
        final_plan_approved_code,
        previous_care_proceedings_count
    from year_cases

)

{{ count_by_breakdowns('cases', rules, period='period_end') }}
