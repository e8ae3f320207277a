-- Covid-19 weekly return, activity: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ as_date('week_ending') }} as week_ending,
    {{ as_code('measure') }} as measure_code,
    {{ as_code('referral_source') }} as referral_source_code,
    {{ as_integer('weekly_count') }} as weekly_count,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('covid_weekly', 'activity') }}
