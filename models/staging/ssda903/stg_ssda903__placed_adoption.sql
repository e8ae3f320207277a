-- SSDA903, placed_adoption: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ as_date('DATE_PLACED') }} as decision_date,
    {{ as_date('DATE_PLACED_CEASED') }} as reversal_date,
    {{ as_code('REASON_PLACED_CEASED') }} as reversal_reason_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'placed_adoption') }}
