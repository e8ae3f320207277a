-- SSDA903, ad1: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ as_date('DATE_INT') }} as decision_date,
    {{ as_date('DATE_MATCH') }} as match_date,
    {{ as_boolean('FOSTER_CARE') }} as is_adopter_foster_carer,
    {{ as_code('NB_ADOPTR') }} as number_of_adopters_code,
    {{ as_code('SEX_ADOPTR') }} as adopter_sex_code,
    {{ as_code('LS_ADOPTR') }} as adopter_legal_status_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'ad1') }}
