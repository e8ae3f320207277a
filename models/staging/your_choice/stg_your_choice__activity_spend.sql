-- Your Choice monitoring, activity spend: the rows as they were sent, renamed and typed.
select
    {{ subject_key('your choice', 'yc_participant_id') }} as participant_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yc_participant_id') }} as yc_participant_id,
    {{ as_date('spend_date') }} as spend_date,
    {{ clean('item') }} as item,
    {{ as_decimal('amount_gbp') }} as amount_gbp,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('your_choice', 'activity_spend') }}
