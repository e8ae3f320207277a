-- SSDA903, missing: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ as_code('MISSING') }} as incident_type_code,
    {{ as_date('MIS_START') }} as start_date,
    {{ as_date('MIS_END') }} as end_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'missing') }}
