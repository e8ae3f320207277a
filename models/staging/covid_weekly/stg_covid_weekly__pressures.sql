-- Covid-19 weekly return, pressures: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ as_date('week_ending') }} as week_ending,
    {{ as_code('topic') }} as topic_code,
    {{ as_code('rag') }} as rag_code,
    {{ clean('comment_text') }} as comment_text,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('covid_weekly', 'pressures') }}
