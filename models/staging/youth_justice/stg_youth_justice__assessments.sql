-- Youth justice case-level data, assessments: the rows as they were sent, renamed and typed.
select
    {{ subject_key('youth justice', 'yj_person_id') }} as yj_person_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yj_person_id') }} as yj_person_id,
    {{ as_date('assessment_date') }} as assessment_date,
    {{ as_code('assessment_tool') }} as assessment_tool_code,
    {{ as_code('risk_reoffending') }} as risk_reoffending_code,
    {{ as_code('risk_serious_harm') }} as risk_serious_harm_code,
    {{ as_code('risk_safety_wellbeing') }} as risk_safety_wellbeing_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('youth_justice', 'assessments') }}
