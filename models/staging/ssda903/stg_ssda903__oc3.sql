-- SSDA903, oc3: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ as_code('IN_TOUCH') }} as in_touch_code,
    {{ as_code('ACTIV') }} as activity_code,
    {{ as_code('ACCOM') }} as accommodation_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'oc3') }}
