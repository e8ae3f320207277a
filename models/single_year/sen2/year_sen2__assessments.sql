-- One row per assessment, in one return year of SEN2.
with

assessments as (

    select * from {{ ref('int_sen2__assessments') }}
    where ordinal_in_request = 1

),

requests as (

    select * from {{ ref('int_sen2__requests') }}

),

timed as (

    select
        assessments.*,
        requests.learner_year_key,
        requests.learner_key,
        requests.received_date,
        requests.sex_code,
        requests.ethnicity_group,
        requests.has_request_mediation
        or requests.has_request_tribunal
        or assessments.has_assessment_mediation
        or assessments.has_assessment_tribunal as has_mediation_or_tribunal,
        -- dates in the wrong order have no duration
        case
            when assessments.assessment_outcome_date >= requests.received_date
                then assessments.assessment_outcome_date - requests.received_date
        end as days_from_request,
        {{ age_at('requests.birth_date', 'requests.received_date') }} as age_at_request
    from assessments
    inner join requests
        on assessments.request_key = requests.request_key

)

select
    request_key,
    learner_year_key,
    learner_key,
    la_code,
    return_year,
    assessment_outcome_code,
    received_date,
    assessment_outcome_date,
    -- whatever the outcome, as in the published total; a historical one is of an earlier year
    {{ in_calendar_year_before('assessment_outcome_date') }}
    and coalesce(assessment_outcome_code, '') != 'H' as is_completed_in_year,
    has_assessment_mediation,
    has_assessment_tribunal,
    has_other_mediation,
    has_other_tribunal,
    has_mediation_or_tribunal,
    has_20_week_exception,
    cast(days_from_request as integer) as days_from_request,
    {{ sen2_age_band('age_at_request') }} as age_band,
    sex_code,
    ethnicity_group
from timed
