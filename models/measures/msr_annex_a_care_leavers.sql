-- One row per measure of care leavers (list 9), authority, day and breakdown value.
{% set rules = {
    'A901': {'numerator': 'is_care_leaver', 'also': {'eligibility': 'eligibility', 'age': 'age'}},
    'A902': {'numerator': 'is_in_touch', 'denominator': 'is_to_be_in_touch'},
    'A903': {
        'numerator': 'is_in_touch and is_in_suitable_accommodation',
        'denominator': 'is_in_touch and is_in_suitable_accommodation is not null',
    },
    'A903-A': {
        'numerator': 'is_in_touch and is_in_suitable_accommodation',
        'denominator': 'is_to_be_in_touch',
    },
    'care leavers in touch': {
        'numerator': 'is_in_touch',
        'by': {'accommodation': 'accommodation'},
    },
    'A904-Z': {
        'numerator': "is_in_touch and accommodation_type_code = 'Z'",
        'denominator': 'is_in_touch',
    },
    'A905': {
        'numerator': 'is_in_touch and is_in_education_or_work',
        'denominator': 'is_in_touch and is_in_education_or_work is not null',
    },
    'A905-A': {
        'numerator': 'is_in_touch and is_in_education_or_work',
        'denominator': 'is_to_be_in_touch',
    },
    'A906': {'numerator': 'is_plan_reviewed', 'denominator': 'is_layout_of_2024'},
    'A907': {'numerator': 'has_personal_adviser', 'denominator': 'is_layout_of_2024'},
    'A908': {'numerator': 'is_contacted', 'denominator': 'is_layout_of_2024'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'care_leavers')

),

year_care_leavers as (

    select * from {{ ref('year_annex_a__care_leavers') }}

),

care_leavers as (

    select
        la_code,
        period_end,
        true as is_care_leaver,
        coalesce(in_touch_code = 'YES', false) as is_in_touch,
        coalesce(in_touch_code not in ('DIED', 'RHOM'), true) as is_to_be_in_touch,
        is_in_suitable_accommodation,
        is_in_education_or_work,
        is_layout_of_2024,
        {{ in_months_before('pathway_plan_review_date', 6) }} as is_plan_reviewed,
        has_personal_adviser,
        coalesce(period_end - last_contact_date between 0 and 56, false) as is_contacted,
        eligibility,
        coalesce(cast(age_at_period_end as varchar), 'unknown') as age,
        accommodation,
        accommodation_type_code,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_care_leavers

)

{{ count_by_breakdowns(
    'care_leavers',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
