-- One row per Disability element, as sent.
with

source as (

    select * from {{ source('cin', 'disabilities') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_code('Disability') }} as disability_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
