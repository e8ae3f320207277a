-- One row per ChildProtectionPlans element, as sent.
with

source as (

    select * from {{ source('cin', 'child_protection_plans') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('CPPstartDate') }} as start_date,
    {{ as_date('CPPendDate') }} as end_date,
    {{ as_code('InitialCategoryOfAbuse') }} as initial_category_code,
    {{ as_code('LatestCategoryOfAbuse') }} as latest_category_code,
    {{ as_integer('NumberOfPreviousCPP') }} as number_of_previous_plans,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
