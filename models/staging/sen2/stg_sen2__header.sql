-- One row per file: its header as sent.
with

source as (

    select * from {{ source('sen2', 'header') }}

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
    {{ clean('Release') }} as software_release,
    {{ clean('SerialNo') }} as serial_number,
    {{ as_datetime('DateTime') }} as written_at,
    {{ as_code('DMO') }} as medical_officer_code,
    {{ as_code('DCO') }} as clinical_officer_code,
    {{ as_code('DSCO') }} as social_care_officer_code,
    {{ clean('sen2tableid') }} as table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('sen2orderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
