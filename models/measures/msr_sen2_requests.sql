-- One row per measure of requests for an assessment, authority, year and breakdown value.
{% set rules = {
    'S04': {'numerator': 'is_received'},
    'S05': {'numerator': "is_received and outcome = 'Y'", 'denominator': 'is_received'},
    'S06': {'numerator': "is_received and outcome = 'N'", 'denominator': 'is_received'},
    'S07': {'numerator': "is_received and outcome = 'A'", 'denominator': 'is_received'},
    'S08': {'numerator': "is_received and outcome = 'W'", 'denominator': 'is_received'},
    'S09': {
        'numerator': 'is_received and is_decision_due and is_decided_within_6_weeks',
        'denominator': 'is_received and is_decision_due',
    },
    'S10': {
        'numerator': 'is_received and is_in_youth_accommodation',
        'denominator': 'is_received',
    },
    'S12': {'numerator': 'is_received and has_mediation', 'denominator': 'is_received'},
    'S12-T': {'numerator': 'is_received and has_tribunal', 'denominator': 'is_received'},
    'S12-B': {
        'numerator': 'is_received and has_mediation and has_tribunal',
        'denominator': 'is_received',
    },
    'S37': {'numerator': 'is_open', 'also': {'weeks_open': 'weeks_open'}},
    'requests of known source': {
        'numerator': 'is_received and request_source_code is not null',
        'by': {'request_source': 'request_source_code'},
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'sen2'

),

year_requests as (

    select * from {{ ref('year_sen2__requests') }}

),

requests as (

    select
        la_code,
        return_year,
        is_received_in_year as is_received,
        coalesce(request_outcome_code, 'Not stated') as outcome,
        is_decision_due,
        is_decided_within_6_weeks,
        is_in_youth_accommodation,
        has_request_mediation as has_mediation,
        has_request_tribunal as has_tribunal,
        request_source_code,
        is_open,
        case
            when weeks_to_census is null or weeks_to_census < 0 then 'Unknown'
            when weeks_to_census < 6 then 'under 6 weeks'
            when weeks_to_census < 20 then '6 to under 20 weeks'
            when weeks_to_census < 52 then '20 to under 52 weeks'
            else '52 weeks or more'
        end as weeks_open,
        sex_code,
        age_band,
        ethnicity_group
    from year_requests

)

{{ count_by_breakdowns('requests', rules) }}
