-- One row per ChildIdentifiers element: who the child is, as sent.
with

source as (

    select * from {{ source('cin', 'child_identifiers') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_code('UPN') }} as upn,
    {{ as_code('FormerUPN') }} as former_upn,
    {{ as_code('UPNunknown') }} as upn_unknown_code,
    {{ as_date('PersonBirthDate') }} as birth_date,
    {{ as_date('ExpectedPersonBirthDate') }} as expected_birth_date,
    {{ as_code('GenderCurrent') }} as gender_current_code,
    {{ as_code('Sex') }} as sex_code,
    {{ as_date('PersonDeathDate') }} as death_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
