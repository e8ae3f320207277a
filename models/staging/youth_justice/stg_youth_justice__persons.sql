-- Youth justice case-level data, persons: the rows as they were sent, renamed and typed.
select
    {{ subject_key('youth justice', 'yj_person_id') }} as yj_person_key,
    {{ child_key_if_known('child_id') }} as child_key,
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ clean_id('yj_person_id') }} as yj_person_id,
    {{ clean_id('child_id') }} as child_id,
    {{ as_date('birth_date') }} as birth_date,
    {{ as_code('sex') }} as sex_code,
    {{ as_code('ethnicity') }} as ethnicity_code,
    {{ as_code('postcode') }} as postcode,
    {{ as_code('care_status') }} as care_status_code,
    {{ as_code('local_status') }} as local_status_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('youth_justice', 'persons') }}
