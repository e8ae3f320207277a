-- Your Choice monitoring, practitioners: the rows as they were sent, renamed and typed.
select
    {{ subject_key('your choice practitioner', 'practitioner_id') }} as practitioner_key,
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ clean_id('practitioner_id') }} as practitioner_id,
    {{ clean('team') }} as team,
    {{ as_date('training_completed_date') }} as training_completed_date,
    {{ clean('job_role') }} as job_role,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('your_choice', 'practitioners') }}
