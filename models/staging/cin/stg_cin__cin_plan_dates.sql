-- One row per CINPlanDates element: a period on a child in need plan, as sent.
with

source as (

    select * from {{ source('cin', 'cin_plan_dates') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('CINPlanStartDate') }} as start_date,
    {{ as_date('CINPlanEndDate') }} as end_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
