-- One row per measure of section 47 enquiries (list 5), authority, day and breakdown value.
{% set rules = {
    'A501': {'numerator': 'is_enquiry'},
    'A501-C': {'numerator': 'is_child'},
    'A502': {'numerator': 'is_conference_held', 'denominator': 'is_enquiry'},
    'A503': {
        'numerator': 'is_conference_not_required',
        'denominator': 'is_conference_not_required is not null',
    },
    'A504': {
        'numerator': 'is_conference_held and working_days <= 15',
        'denominator': 'is_conference_held',
    },
    'A505': {
        'numerator': 'is_conference_held and is_plan_decided',
        'denominator': 'is_conference_held',
    },
    'A506': {'numerator': 'is_child and s47_last_12_months_count >= 1', 'denominator': 'is_child'},
    'A506-C': {
        'numerator': 'is_child and icpc_last_12_months_count >= 1',
        'denominator': 'is_child',
    },
    'A507': {'numerator': 'is_undecided and working_days > 15', 'denominator': 'is_undecided'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'section_47')

),

year_enquiries as (

    select * from {{ ref('year_annex_a__section_47s') }}
    where is_in_period

),

enquiries as (

    select
        la_code,
        period_end,
        true as is_enquiry,
        -- a child counts once, at the latest enquiry
        ordinal_in_period = 1 as is_child,
        is_conference_held,
        is_conference_not_required,
        is_plan_decided,
        s47_last_12_months_count,
        icpc_last_12_months_count,
        is_undecided,
        working_days,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_enquiries

)

{{ count_by_breakdowns(
    'enquiries',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
