-- One row per measure of care leavers in the compact's baseline, authority and day.
{% set rules = {
    'L03': {
        'numerator': "is_eligible and council_tax_exempt_code = 'Y'",
        'denominator': 'is_eligible',
        'by': {},
    },
    'L03-T': {
        'numerator': "is_eligible and travel_discount_code = 'Y'",
        'denominator': 'is_eligible',
        'by': {},
    },
    'L03-P': {
        'numerator': "is_eligible and prescription_exempt_code = 'Y'",
        'denominator': 'is_eligible',
        'by': {},
    },
    'L03-H': {
        'numerator': "is_eligible and housing_priority_code = 'Y'",
        'denominator': 'is_eligible',
        'by': {},
    },
    'L04': {
        'numerator': 'is_in_touch and is_suitable_accommodation',
        'denominator': 'is_in_touch and is_suitable_accommodation is not null',
        'by': {},
    },
    'L04-E': {
        'numerator': 'is_in_touch and is_active',
        'denominator': 'is_in_touch and is_active is not null',
        'by': {},
    },
    'L04-T': {'numerator': 'is_in_touch', 'denominator': 'can_be_in_touch', 'by': {}},
    'L05': {
        'numerator': 'is_in_touch and is_living_elsewhere',
        'denominator': 'is_in_touch',
        'by': {},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'care_leavers_compact'
        and list_contains(tables_sent, 'care_leavers')

),

-- what was last recorded by the day of the return
year_care_leavers as (

    select * from {{ ref('year_care_leavers_compact__care_leavers') }}
    where baseline_date <= period_end
    qualify
        row_number() over (partition by child_key, period_end order by baseline_date desc) = 1

),

care_leavers as (

    select
        la_code,
        period_end,
        council_tax_exempt_code,
        travel_discount_code,
        prescription_exempt_code,
        housing_priority_code,
        coalesce(eligibility_code != 'N', false) as is_eligible,
        coalesce(is_in_touch, false) as is_in_touch,
        coalesce(in_touch_code not in ('DIED', 'RHOM'), true) as can_be_in_touch,
        is_suitable_accommodation,
        regexp_full_match(activity_code, '[FP][1-5]') as is_active,
        is_living_elsewhere
    from year_care_leavers

)

{{ count_by_breakdowns('care_leavers', rules, period='period_end') }}
