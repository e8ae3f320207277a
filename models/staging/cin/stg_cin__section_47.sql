-- One row per Section47 element: an enquiry and the conference it led to, as sent.
with

source as (

    select * from {{ source('cin', 'section_47') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('S47ActualStartDate') }} as start_date,
    {{ as_date('InitialCPCtarget') }} as conference_target_date,
    {{ as_date('DateOfInitialCPC') }} as initial_conference_date,
    {{ as_boolean('ICPCnotRequired') }} as is_conference_not_required,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
