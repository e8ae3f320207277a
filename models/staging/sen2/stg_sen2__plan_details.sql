-- One row per PlanDetail element: a placement that a plan names, as sent.
with

source as (

    select * from {{ source('sen2', 'plan_details') }}

)

select
    {{ row_link('plandetailtableid') }} as row_link,
    {{ row_link('namedplantableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_code('URN') }} as urn,
    {{ as_code('UKPRN') }} as ukprn,
    {{ as_code('SENSetting') }} as setting_code,
    {{ clean('SENSettingOther') }} as setting_other,
    {{ as_code('PlacementRank') }} as placement_rank_code,
    {{ as_boolean('SENunitIndicator') }} as is_sen_unit,
    {{ as_boolean('ResourcedProvisionIndicator') }} as is_resourced_provision,
    {{ clean('plandetailtableid') }} as table_id,
    {{ clean('namedplantableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('plandetailorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
