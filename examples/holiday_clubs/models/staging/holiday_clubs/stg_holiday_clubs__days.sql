-- Holiday clubs, days: the rows as they were sent, renamed and typed.
select
    {{ hash_key(['la_code', clean_id('club_id'), clean_id('booking_id')]) }} as booking_key,
    la_code,
    return_year,
    {{ clean_id('club_id') }} as club_id,
    {{ clean_id('booking_id') }} as booking_id,
    {{ as_date('day') }} as day_date,
    {{ as_code('meal') }} as meal_code,
    {{ as_code('arrived_by') }} as arrived_by_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('holiday_clubs', 'days') }}
