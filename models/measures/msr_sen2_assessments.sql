-- One row per measure of assessments, authority, year and breakdown value.
{% set issued = 'is_issued and not is_disputed' %}
{% set issued_no_exception = issued ~ ' and not has_20_week_exception' %}
{% set rules = {
    'S13': {'numerator': 'is_completed'},
    'S14': {'numerator': "is_completed and outcome = 'Y'", 'denominator': 'is_completed'},
    'S15': {'numerator': "is_completed and outcome = 'N'", 'denominator': 'is_completed'},
    'S16': {'numerator': 'is_refused and days_from_request <= 112', 'denominator': 'is_refused'},
    'S17': {'numerator': issued ~ ' and days_from_request <= 140', 'denominator': issued},
    'S18': {
        'numerator': issued_no_exception ~ ' and days_from_request <= 140',
        'denominator': issued_no_exception,
    },
    'S19': {
        'numerator': issued ~ ' and days_from_request between 141 and 364',
        'denominator': issued,
    },
    'S19-O': {'numerator': issued ~ ' and days_from_request >= 365', 'denominator': issued},
    'S20': {
        'numerator': 'case when ' ~ issued ~ ' then days_from_request / 7.0 end',
        'denominator': issued,
        'by': {},
    },
    'S21': {'numerator': 'is_completed and has_mediation', 'denominator': 'is_completed'},
    'S21-T': {'numerator': 'is_completed and has_tribunal', 'denominator': 'is_completed'},
    'S21-OM': {'numerator': 'is_completed and has_other_mediation', 'denominator': 'is_completed'},
    'S21-OT': {'numerator': 'is_completed and has_other_tribunal', 'denominator': 'is_completed'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'sen2'

),

year_assessments as (

    select * from {{ ref('year_sen2__assessments') }}

),

assessments as (

    select
        la_code,
        return_year,
        is_completed_in_year as is_completed,
        coalesce(assessment_outcome_code, 'Not stated') as outcome,
        -- timed where both dates are there
        is_completed_in_year
        and coalesce(assessment_outcome_code = 'Y', false)
        and days_from_request is not null as is_issued,
        is_completed_in_year
        and coalesce(assessment_outcome_code = 'N', false)
        and days_from_request is not null as is_refused,
        days_from_request,
        has_mediation_or_tribunal as is_disputed,
        has_20_week_exception,
        has_assessment_mediation as has_mediation,
        has_assessment_tribunal as has_tribunal,
        has_other_mediation,
        has_other_tribunal,
        sex_code,
        age_band,
        ethnicity_group
    from year_assessments

)

{{ count_by_breakdowns('assessments', rules, is_decimal=true) }}
