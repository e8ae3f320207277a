-- SSDA903, header: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_code('SEX') }} as sex_code,
    {{ as_date('DOB') }} as birth_date,
    {{ as_code('ETHNIC') }} as ethnicity_code,
    {{ as_code('UPN') }} as upn,
    {{ as_boolean('MOTHER') }} as is_mother,
    {{ as_date('MC_DOB') }} as first_child_birth_date,
    {{ as_boolean('UASC') }} as is_uasc,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'header') }}
