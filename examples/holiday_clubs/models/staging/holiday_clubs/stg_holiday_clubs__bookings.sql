-- Holiday clubs, bookings: the rows as they were sent, renamed and typed.
select
    {{ hash_key(['la_code', clean_id('club_id'), clean_id('booking_id')]) }} as booking_key,
    {{ hash_key(['la_code', clean_id('club_id')]) }} as club_key,
    {{ child_year_key('child_id') }} as child_year_key,
    {{ child_key('child_id') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('club_id') }} as club_id,
    {{ clean_id('booking_id') }} as booking_id,
    {{ clean_id('child_id') }} as child_id,
    {{ as_date('birth_date') }} as birth_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('holiday_clubs', 'bookings') }}
