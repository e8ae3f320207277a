-- One row per Assessment element, as sent.
with

source as (

    select * from {{ source('sen2', 'assessments') }}

)

select
    {{ row_link('assessmenttableid') }} as row_link,
    {{ row_link('requeststableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_code('AssessmentOutcome') }} as assessment_outcome_code,
    {{ as_date('AssessmentOutcomeDate') }} as assessment_outcome_date,
    {{ as_boolean('AssessmentMediation') }} as has_assessment_mediation,
    {{ as_boolean('AssessmentTribunal') }} as has_assessment_tribunal,
    {{ as_boolean('OtherMediation') }} as has_other_mediation,
    {{ as_boolean('OtherTribunal') }} as has_other_tribunal,
    {{ as_boolean('Week20') }} as has_20_week_exception,
    {{ clean('assessmenttableid') }} as table_id,
    {{ clean('requeststableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('assessmentorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
