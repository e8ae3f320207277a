-- One row per measure of list 1 of the area SEND lists, authority, day and breakdown value.
{% set rules = {
    'D01': {
        'numerator': 'is_counted',
        'also': {'primary_need': 'primary_need_group', 'phase': 'phase_group'},
    },
    'D03': {
        'numerator': 'is_12_months_old and is_reviewed_in_12_months',
        'denominator': 'is_12_months_old',
    },
    'D04': {
        'numerator': 'is_school_age and suspension_count >= 1',
        'denominator': 'is_school_age',
    },
    'D04-E': {
        'numerator': 'is_school_age and permanent_exclusion_count >= 1',
        'denominator': 'is_school_age',
    },
    'D05': {'numerator': 'absence_percent >= 10', 'denominator': 'absence_percent is not null'},
    'D05-H': {'numerator': 'absence_percent >= 50', 'denominator': 'absence_percent is not null'},
    'D06': {'numerator': 'is_known_to_social_care', 'denominator': 'is_counted'},
    'D07': {'numerator': 'is_home_educated', 'denominator': 'is_counted'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'annex_a_send' and list_contains(tables_sent, 'plans')

),

plans as (

    select
        *,
        true as is_counted
    from {{ ref('year_annex_a_send__plans') }}

)

{{ count_by_breakdowns('plans', rules, period='period_end') }}
