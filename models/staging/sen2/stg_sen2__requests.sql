-- One row per Requests element: a request for an assessment, as sent.
with

source as (

    select * from {{ source('sen2', 'requests') }}

)

select
    {{ row_link('requeststableid') }} as row_link,
    {{ row_link('persontableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_date('ReceivedDate') }} as received_date,
    {{ as_code('RequestSource') }} as request_source_code,
    {{ as_boolean('RYA') }} as is_in_youth_accommodation,
    {{ as_date('RequestOutcomeDate') }} as request_outcome_date,
    {{ as_code('RequestOutcome') }} as request_outcome_code,
    {{ as_boolean('RequestMediation') }} as has_request_mediation,
    {{ as_boolean('RequestTribunal') }} as has_request_tribunal,
    {{ clean('Exported') }} as exported_to,
    {{ clean('requeststableid') }} as table_id,
    {{ clean('persontableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('requestsorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
