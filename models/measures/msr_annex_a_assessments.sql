-- One row per measure of assessments (list 4), authority, day and breakdown value.
{% set rules = {
    'A401': {'numerator': 'is_done'},
    'A401-C': {'numerator': 'is_child_done'},
    'A401-O': {'numerator': 'is_open'},
    'A401-OC': {'numerator': 'is_child_open'},
    'A402': {'numerator': 'is_done and working_days <= 45', 'denominator': 'is_done'},
    'A403': {'median': 'case when is_done then working_days end'},
    'A403-O': {'median': 'case when is_open then working_days end'},
    'A404': {'numerator': 'is_open and working_days > 45', 'denominator': 'is_open'},
    'A405': {
        'numerator': 'is_done and is_child_seen',
        'denominator': 'is_done and is_child_seen is not null',
    },
    'A406': {
        'numerator': 'is_done and is_social_care_required',
        'denominator': 'is_done and is_social_care_required is not null',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'assessments')

),

year_assessments as (

    select * from {{ ref('year_annex_a__assessments') }}

),

assessments as (

    select
        la_code,
        period_end,
        is_authorised_in_period as is_done,
        is_open_at_period_end as is_open,
        -- a child counts once
        coalesce(ordinal_authorised = 1, false) as is_child_done,
        coalesce(ordinal_open = 1, false) as is_child_open,
        working_days,
        is_child_seen,
        is_social_care_required,
        sex_code,
        age_band,
        ethnicity_group,
        {{ yes_no('is_disabled') }} as disability
    from year_assessments

)

{{ count_by_breakdowns(
    'assessments',
    rules,
    is_decimal=true,
    period='period_end',
    also={'disability': 'disability'}
) }}
