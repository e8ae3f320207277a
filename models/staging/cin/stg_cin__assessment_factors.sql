-- One row per factor identified at the end of an assessment, as sent.
with

source as (

    select * from {{ source('cin', 'assessment_factors') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('AssessmentActualStartDate') }} as assessment_start_date,
    {{ as_code('AssessmentFactors') }} as factor_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
