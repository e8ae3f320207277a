-- Your Choice monitoring, scores: the rows as they were sent, renamed and typed.
select
    {{ subject_key('your choice', 'yc_participant_id') }} as participant_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yc_participant_id') }} as yc_participant_id,
    {{ as_code('measure') }} as measure_code,
    {{ as_code('wave') }} as wave_code,
    {{ clean('scale') }} as scale,
    {{ as_decimal('score') }} as score,
    {{ as_date('measure_date') }} as measure_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('your_choice', 'scores') }}
