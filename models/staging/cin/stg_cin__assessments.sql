-- One row per Assessments element, as sent.
with

source as (

    select * from {{ source('cin', 'assessments') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('AssessmentActualStartDate') }} as start_date,
    {{ as_date('AssessmentInternalReviewDate') }} as internal_review_date,
    {{ as_date('AssessmentAuthorisationDate') }} as authorisation_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
