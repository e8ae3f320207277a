-- Care leavers' compact, la offers: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ as_date('baseline_date') }} as baseline_date,
    {{ as_code('offer') }} as offer_code,
    {{ as_code('status') }} as status_code,
    {{ as_integer('age_limit') }} as age_limit,
    {{ as_code('out_of_borough') }} as out_of_borough_code,
    {{ as_date('start_date') }} as start_date,
    {{ as_integer('care_leavers_using') }} as care_leaver_count,
    {{ clean('notes') }} as notes,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('care_leavers_compact', 'la_offers') }}
