-- One row per measure of children looked after (list 8), authority, day and breakdown value.
{% set rules = {
    'A801': {
        'numerator': 'is_open',
        'also': {
            'legal_status': 'legal_status_group',
            'placement': 'placement_group',
            'provider': 'placement_provider_group',
            'placement_location': 'placement_location',
            'time_in_care': 'time_in_care',
        },
    },
    'A802': {'numerator': 'is_started'},
    'A802-E': {'numerator': 'is_ceased', 'also': {'reason_ceased': 'reason_ceased_group'}},
    'A803': {'numerator': 'is_open and is_uasc', 'denominator': 'is_open'},
    'A804-V2': {'numerator': "is_open and legal_status_code = 'V2'", 'denominator': 'is_open'},
    'A806': {'numerator': 'is_open and placements_last_12_months_count >= 3', 'denominator': 'is_open'},
    'A807': {
        'numerator': 'is_of_long_care and is_placement_of_2_years',
        'denominator': 'is_of_long_care',
    },
    'A813': {
        'numerator': 'is_of_4_months and permanence_plan_code is not null',
        'denominator': 'is_of_4_months',
    },
    'A816': {'numerator': 'is_started and is_repeat_period', 'denominator': 'is_started'},
    'A607-8': {'numerator': 'is_open and not has_allocated_worker', 'denominator': 'is_open'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'children_in_care')

),

year_children as (

    select * from {{ ref('year_annex_a__children_in_care') }}

),

children as (

    select
        la_code,
        period_end,
        is_open_at_period_end as is_open,
        is_started_in_period as is_started,
        is_ceased_in_period as is_ceased,
        coalesce(is_uasc, false) as is_uasc,
        coalesce(is_repeat_period, false) as is_repeat_period,
        is_open_at_period_end
        and coalesce(age_at_period_end < 16, false)
        and cla_start_date + interval 30 month <= period_end as is_of_long_care,
        placement_start_date + interval 2 year <= period_end as is_placement_of_2_years,
        is_open_at_period_end
        and cla_start_date + interval 4 month <= period_end as is_of_4_months,
        permanence_plan_code,
        placements_last_12_months_count,
        has_allocated_worker,
        legal_status_code,
        legal_status_group,
        placement_group,
        placement_provider_group,
        placement_location,
        reason_ceased_group,
        {{ time_in_care_band('cla_start_date', 'period_end') }} as time_in_care,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_children

)

{{ count_by_breakdowns(
    'children',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
