-- One row per measure of adopters (list 11), authority and day.
{% set rules = {
    'A1101': {'numerator': 'is_adopter', 'by': {'adoption_stage': 'adoption_stage'}},
    'A1101-F': {'numerator': 'is_family', 'by': {}},
    'A1102': {'numerator': 'is_stage_1_in_time', 'denominator': 'is_stage_1_ended', 'by': {}},
    'A1102-2': {'numerator': 'is_stage_2_in_time', 'denominator': 'is_stage_2_ended', 'by': {}},
    'A1103': {'numerator': 'days_to_match', 'denominator': 'days_to_match is not null', 'by': {}},
    'A1104': {
        'numerator': 'is_approved_family and is_fostering_for_adoption',
        'denominator': 'is_approved_family',
        'by': {},
    },
    'adopters who left': {'numerator': 'is_left', 'by': {'left_reason': 'left_process_reason'}},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'adopters')

),

year_adopters as (

    select * from {{ ref('year_annex_a__adopters') }}

),

adopters as (

    select
        la_code,
        period_end,
        true as is_adopter,
        ordinal_in_family = 1 as is_family,
        adoption_stage,
        is_stage_1_ended,
        is_stage_1_ended
        and stage1_end_date between stage1_start_date and stage1_start_date + interval 2 month
            as is_stage_1_in_time,
        is_stage_2_ended,
        is_stage_2_ended
        and stage2_end_date between stage2_start_date and stage2_start_date + interval 4 month
            as is_stage_2_in_time,
        case when is_matched and ordinal_in_family = 1 then matched_date - stage2_end_date end
            as days_to_match,
        is_approved and ordinal_in_family = 1 as is_approved_family,
        coalesce(is_fostering_for_adoption, false) as is_fostering_for_adoption,
        is_left,
        left_process_reason
    from (
        select
            *,
            {{ in_months_before('stage1_end_date', 12) }} as is_stage_1_ended,
            {{ in_months_before('stage2_end_date', 12) }} as is_stage_2_ended,
            {{ in_months_before('matched_date', 12) }} as is_matched,
            {{ in_months_before('left_process_date', 12) }} as is_left
        from year_adopters
    )

)

{{ count_by_breakdowns('adopters', rules, is_decimal=true, period='period_end') }}
