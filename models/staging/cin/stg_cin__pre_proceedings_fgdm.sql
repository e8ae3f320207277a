-- One row per PreProceedingsandFGDM element, as sent.
with

source as (

    select * from {{ source('cin', 'pre_proceedings_fgdm') }}

)

select
    {{ child_key('LAchildID') }} as child_key,
    {{ child_year_key('LAchildID') }} as child_year_key,
    la_code,
    return_year,
    {{ clean_id('LAchildID') }} as child_id,
    {{ as_date('CINreferralDate') }} as referral_date,
    {{ as_date('PPStartDate') }} as start_date,
    {{ as_date('LBPSentDate') }} as letter_before_proceedings_date,
    {{ as_boolean('FGDMMeetingOffer') }} as is_family_meeting_offered,
    {{ as_boolean('FGDMMeetingFac') }} as is_family_meeting_facilitated,
    {{ as_date('InitialPPMeetingDate') }} as first_meeting_date,
    {{ as_integer('ReviewMeetingsCount') }} as review_meeting_count,
    {{ as_date('StepDecisionDate') }} as step_decision_date,
    {{ as_code('PPOutcome') }} as outcome_code,
    {{ as_date('CourtAppDate') }} as court_application_date,
    {{ as_date('LetterInitCPDate') }} as care_proceedings_letter_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
