-- Early help, assessments: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('child_id') }} as child_year_key,
    {{ child_key('child_id') }} as child_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('child_id') }} as child_id,
    {{ as_date('assessment_start_date') }} as assessment_start_date,
    {{ as_date('assessment_completion_date') }} as assessment_completion_date,
    {{ clean('organisation') }} as organisation,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('early_help', 'assessments') }}
