-- SSDA903, prev_perm: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ as_code('PREV_PERM') }} as previous_permanence_code,
    {{ as_code('LA_PERM', 3) }} as previous_permanence_la_code,
    {{ clean('DATE_PERM') }} as order_date_text,
    {{ as_date('DATE_PERM') }} as order_date,
    coalesce(
        day({{ as_date('DATE_PERM') }}),
        try_cast(split_part(date_perm, '/', 1) as integer)
    ) as order_day,
    coalesce(
        month({{ as_date('DATE_PERM') }}),
        try_cast(split_part(date_perm, '/', 2) as integer)
    ) as order_month,
    coalesce(
        year({{ as_date('DATE_PERM') }}),
        try_cast(split_part(date_perm, '/', 3) as integer)
    ) as order_year,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'prev_perm') }}
