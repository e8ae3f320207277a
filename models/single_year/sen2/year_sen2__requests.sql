-- One row per request for an assessment, in one return year of SEN2.
with

requests as (

    select * from {{ ref('int_sen2__requests') }}

),

assessments as (

    select * from {{ ref('int_sen2__assessments') }}
    where ordinal_in_request = 1

),

timed as (

    select
        requests.*,
        assessments.assessment_outcome_code,
        -- dates in the wrong order have no duration
        case
            when requests.request_outcome_date >= requests.received_date
                then requests.request_outcome_date - requests.received_date
        end as days_to_decision,
        {{ census_day('requests.return_year') }} - requests.received_date as days_to_census,
        {{ age_at('requests.birth_date', 'requests.received_date') }} as age_at_request
    from requests
    left join assessments
        on requests.request_key = assessments.request_key

)

select
    request_key,
    learner_year_key,
    learner_key,
    la_code,
    return_year,
    request_source_code,
    request_outcome_code,
    assessment_outcome_code,
    exported_to,
    received_date,
    request_outcome_date,
    {{ in_calendar_year_before('received_date') }} as is_received_in_year,
    coalesce(is_in_youth_accommodation, false) as is_in_youth_accommodation,
    has_request_mediation,
    has_request_tribunal,
    exported_to is null
    and coalesce(request_outcome_code = 'A' or assessment_outcome_code = 'A', false) as is_open,
    cast(days_to_decision as integer) as days_to_decision,
    coalesce(days_to_decision <= 42, false) as is_decided_within_6_weeks,
    -- decided, or so long open that a decision is overdue: what the published share is of
    coalesce(request_outcome_code in ('Y', 'N') and days_to_decision is not null, false)
    or coalesce(request_outcome_code = 'A' and days_to_census > 42, false) as is_decision_due,
    cast(floor(days_to_census / 7) as integer) as weeks_to_census,
    cast(age_at_request as integer) as age_at_request,
    {{ sen2_age_band('age_at_request') }} as age_band,
    sex_code,
    ethnicity_group
from timed
