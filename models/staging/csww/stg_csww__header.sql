-- One row per file: its header as sent.
with

source as (

    select * from {{ source('csww', 'header') }}

)

select
    la_code,
    return_year,
    {{ as_code('Collection') }} as collection,
    {{ as_integer('Year') }} as census_year,
    {{ as_date('ReferenceDate') }} as reference_date,
    {{ as_code('SourceLevel') }} as source_level_code,
    {{ as_code('LEA', 3) }} as dfe_la_code,
    {{ clean('SoftwareCode') }} as software_name,
    {{ as_datetime('DateTime') }} as written_at,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
