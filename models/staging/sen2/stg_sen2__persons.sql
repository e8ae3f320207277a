-- One row per Person element: who the child or young person is, as sent.
with

source as (

    select * from {{ source('sen2', 'persons') }}

)

select
    {{ learner_key() }} as learner_key,
    {{ row_link('persontableid') }} as row_link,
    la_code,
    return_year,
    {{ clean('Surname') }} as surname,
    {{ clean('Forename') }} as forename,
    {{ as_date('PersonBirthDate') }} as birth_date,
    {{ as_code('GenderCurrent') }} as gender_current_code,
    {{ as_code('Sex') }} as sex_code,
    {{ as_code('Ethnicity') }} as ethnicity_code,
    {{ clean('PostCode') }} as postcode,
    {{ clean_id('UPN') }} as upn,
    {{ clean_id('UniqueLearnerNumber') }} as unique_learner_number,
    {{ as_code('UPNunknown') }} as upn_unknown_code,
    {{ clean('persontableid') }} as table_id,
    {{ clean('sen2tableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('personorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
