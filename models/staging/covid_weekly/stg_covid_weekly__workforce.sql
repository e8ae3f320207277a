-- Covid-19 weekly return, workforce: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ as_date('week_ending') }} as week_ending,
    {{ as_code('staff_group') }} as staff_group_code,
    {{ as_decimal('unavailable_percent') }} as unavailable_percent,
    {{ as_code('unavailable_band') }} as unavailable_band_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('covid_weekly', 'workforce') }}
