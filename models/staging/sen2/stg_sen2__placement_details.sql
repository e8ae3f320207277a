-- One row per PlacementDetail element: a placement attended, as sent.
with

source as (

    select * from {{ source('sen2', 'placement_details') }}

)

select
    {{ row_link('placementdetailtableid') }} as row_link,
    {{ row_link('activeplanstableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_code('URN') }} as urn,
    {{ as_code('UKPRN') }} as ukprn,
    {{ as_code('SENSetting') }} as setting_code,
    {{ clean('SENSettingOther') }} as setting_other,
    {{ as_code('PlacementRank') }} as placement_rank_code,
    {{ as_date('EntryDate') }} as entry_date,
    {{ as_date('LeavingDate') }} as leaving_date,
    {{ as_code('AttendancePattern') }} as attendance_pattern_code,
    {{ as_boolean('SENunitIndicator') }} as is_sen_unit,
    {{ as_boolean('ResourcedProvisionIndicator') }} as is_resourced_provision,
    {{ as_code('Res') }} as residential_code,
    {{ as_code('WBP') }} as work_based_code,
    {{ clean('placementdetailtableid') }} as table_id,
    {{ clean('activeplanstableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('placementdetailorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
