-- One row per NamedPlan element: an education, health and care plan, as sent.
with

source as (

    select * from {{ source('sen2', 'named_plans') }}

)

select
    {{ row_link('namedplantableid') }} as row_link,
    {{ row_link('assessmenttableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_date('StartDate') }} as start_date,
    {{ as_code('PlanRes') }} as named_residential_code,
    {{ as_code('PlanWBP') }} as named_work_based_code,
    {{ as_boolean('PB') }} as has_personal_budget,
    {{ as_boolean('OA') }} as has_organised_arrangements,
    {{ as_code('DP') }} as direct_payment_code,
    {{ as_date('CeaseDate') }} as cease_date,
    {{ as_code('CeaseReason') }} as cease_reason_code,
    {{ clean('namedplantableid') }} as table_id,
    {{ clean('assessmenttableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('namedplanorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
