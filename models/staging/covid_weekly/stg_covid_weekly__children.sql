-- Covid-19 weekly return, children: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ as_date('week_ending') }} as week_ending,
    {{ as_integer('wave') }} as wave,
    {{ as_code('child_group') }} as child_group_code,
    {{ as_integer('children') }} as children_count,
    {{ as_integer('contact_last_2_weeks') }} as contact_last_2_weeks_count,
    {{ as_integer('contact_last_4_weeks') }} as contact_last_4_weeks_count,
    {{ as_integer('attending_school') }} as attending_school_count,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('covid_weekly', 'children') }}
