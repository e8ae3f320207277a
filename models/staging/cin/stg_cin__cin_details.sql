-- One row per CINdetails element: an episode of need with its referral, as sent.
with

source as (

    select * from {{ source('cin', 'cin_details') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_code('ReferralSource') }} as referral_source_code,
    {{ as_code('PrimaryNeedCode') }} as primary_need_code,
    {{ as_date('CINclosureDate') }} as closure_date,
    {{ as_code('ReasonForClosure') }} as closure_reason_code,
    {{ as_date('DateOfInitialCPC') }} as transfer_in_conference_date,
    {{ as_boolean('ReferralNFA') }} as is_referral_nfa,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
