-- One row per review date of a child protection plan, as sent.
with

source as (

    select * from {{ source('cin', 'cpp_reviews') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('CPPstartDate') }} as plan_start_date,
    {{ as_date('CPPreviewDate') }} as review_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
