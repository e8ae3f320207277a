-- One row per ChildCharacteristics element: the ethnicity of a child, as sent.
with

source as (

    select * from {{ source('cin', 'child_characteristics') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_code('Ethnicity') }} as ethnicity_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
