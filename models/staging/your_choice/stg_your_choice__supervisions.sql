-- Your Choice monitoring, supervisions: the rows as they were sent, renamed and typed.
select
    {{ subject_key('your choice practitioner', 'practitioner_id') }} as practitioner_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('practitioner_id') }} as practitioner_id,
    {{ as_date('supervision_date') }} as supervision_date,
    {{ as_code('attended') }} as attended_code,
    {{ clean_id('clinical_lead_id') }} as clinical_lead_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('your_choice', 'supervisions') }}
