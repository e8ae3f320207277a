-- One row per quarterly indicator of children looked after and of SEN2, authority and quarter.
{% set ended = 'care.is_ended_in_year and ' ~ in_quarter('care.end_date', 'quarters.period_end') %}
{% set issued = 'assessments.is_completed_in_year'
    ~ " and assessments.assessment_outcome_code = 'Y'"
    ~ ' and assessments.days_from_request is not null'
    ~ ' and not assessments.has_mediation_or_tribunal'
    ~ ' and not assessments.has_20_week_exception and '
    ~ in_quarter('assessments.assessment_outcome_date', 'quarters.period_end') %}
{% set care_rules = {
    'Q23': {
        'counted': open_at('care.start_date', 'care.end_date', 'quarters.period_end'),
    },
    'Q24': {
        'counted': 'care.is_started_in_year and '
            ~ in_quarter('care.start_date', 'quarters.period_end'),
    },
    'Q25': {'counted': ended},
    'Q30': {
        'counted': ended,
        'of_which': "care.reason_ceased_group in ('Adopted', 'Special guardianship order')",
    },
} %}
{% set request_rules = {
    'Q39': {'counted': in_quarter('requests.received_date', 'quarters.period_end')},
} %}
{% set assessment_rules = {
    'Q40': {'counted': issued, 'of_which': 'assessments.days_from_request <= 140'},
} %}

with

quarters as (

    select * from {{ ref('msr_quarters') }}

),

periods_of_care as (

    select * from {{ ref('year_ssda903__periods_of_care') }}

),

care as (

    select
        child_year_key,
        la_code,
        return_year,
        start_date,
        end_date,
        is_started_in_year,
        is_ended_in_year,
        reason_ceased_group
    from periods_of_care
    where not is_short_break

),

requests as (

    select * from {{ ref('year_sen2__requests') }}

),

assessments as (

    select * from {{ ref('year_sen2__assessments') }}

)

{{ count_by_quarter('ssda903', 'care', 'child_year_key', care_rules) }}
union all
{{ count_by_quarter('sen2', 'requests', 'request_key', request_rules) }}
union all
{{ count_by_quarter('sen2', 'assessments', 'request_key', assessment_rules) }}
