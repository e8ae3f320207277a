-- Holiday clubs, clubs: the rows as they were sent, renamed and typed.
select
    {{ hash_key(['la_code', clean_id('club_id')]) }} as club_key,
    la_code,
    return_year,
    {{ clean_id('club_id') }} as club_id,
    {{ as_integer('places') }} as place_count,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('holiday_clubs', 'clubs') }}
