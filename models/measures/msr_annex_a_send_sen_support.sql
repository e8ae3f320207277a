-- One row per measure of list 2 of the area SEND lists, authority, day and breakdown value.
{% set rules = {
    'D01-S': {
        'numerator': 'is_counted',
        'also': {'primary_need': 'primary_need_group', 'phase': 'phase_group'},
    },
    'D04-S': {
        'numerator': 'is_school_age and suspension_count >= 1',
        'denominator': 'is_school_age',
    },
    'D04-E-S': {
        'numerator': 'is_school_age and permanent_exclusion_count >= 1',
        'denominator': 'is_school_age',
    },
    'D05-S': {'numerator': 'absence_percent >= 10', 'denominator': 'absence_percent is not null'},
    'D05-H-S': {'numerator': 'absence_percent >= 50', 'denominator': 'absence_percent is not null'},
    'D06-S': {'numerator': 'is_known_to_social_care', 'denominator': 'is_counted'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'annex_a_send' and list_contains(tables_sent, 'sen_support')

),

sen_support as (

    select
        *,
        true as is_counted
    from {{ ref('year_annex_a_send__sen_support') }}

)

{{ count_by_breakdowns('sen_support', rules, period='period_end') }}
