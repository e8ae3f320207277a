-- One row per ActivePlans element: review and transfer of a plan in force, as sent.
with

source as (

    select * from {{ source('sen2', 'active_plans') }}

)

select
    {{ row_link('activeplanstableid') }} as row_link,
    {{ row_link('requeststableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ clean('TransferLA') }} as transferred_from,
    {{ as_code('Res') }} as residential_code,
    {{ as_code('WBP') }} as work_based_code,
    {{ as_date('ReviewMeeting') }} as review_meeting_date,
    {{ as_date('LastReview') }} as review_decision_date,
    {{ as_code('ReviewOutcome') }} as review_outcome_code,
    {{ as_date('ReviewDraft') }} as review_draft_date,
    {{ as_date('PhaseTransferDueDate') }} as phase_transfer_due_date,
    {{ as_date('PhaseTransferFinalDate') }} as phase_transfer_final_date,
    {{ clean('activeplanstableid') }} as table_id,
    {{ clean('requeststableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('activeplansorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
