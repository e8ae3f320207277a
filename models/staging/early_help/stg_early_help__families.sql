-- Early help, families: the rows as they were sent, renamed and typed.
select
    {{ subject_key('early help family', 'eh_family_id') }} as eh_family_key,
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ clean_id('eh_family_id') }} as eh_family_id,
    {{ as_integer('family_size') }} as family_member_count,
    {{ clean('postcode_sector') }} as postcode_sector,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('early_help', 'families') }}
