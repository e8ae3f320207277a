-- Your Choice monitoring, sessions: the rows as they were sent, renamed and typed.
select
    {{ subject_key('your choice', 'yc_participant_id') }} as participant_key,
    {{ subject_key('your choice practitioner', 'practitioner_id') }} as practitioner_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yc_participant_id') }} as yc_participant_id,
    {{ as_date('session_date') }} as session_date,
    {{ as_integer('session_no') }} as session_no,
    {{ as_integer('duration_minutes') }} as duration_minutes,
    {{ as_code('mode') }} as mode_code,
    {{ as_code('attended') }} as attended_code,
    {{ clean('tools_used') }} as tools_used,
    {{ clean_id('practitioner_id') }} as practitioner_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('your_choice', 'sessions') }}
