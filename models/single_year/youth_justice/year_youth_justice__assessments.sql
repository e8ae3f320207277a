-- One row per child and day of a finished assessment in the return of one quarter.
with

assessments as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by yj_person_key, assessment_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__assessments') }}
    where assessment_date is not null

)

select
    {{ hash_key(['yj_person_key', 'assessment_date']) }} as assessment_key,
    yj_person_key,
    la_code,
    return_year,
    period_end,
    assessment_tool_code,
    risk_reoffending_code,
    risk_serious_harm_code,
    risk_safety_wellbeing_code,
    assessment_date,
    {{ in_quarter('assessment_date') }} as is_in_quarter
from assessments
where row_from_last = 1
