-- One row per child and first day of an early help assessment in one extract.
with

assessments as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, assessment_start_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_early_help__assessments') }}
    where assessment_start_date is not null

)

select
    {{ hash_key(['child_key', 'assessment_start_date']) }} as eh_assessment_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    period_end,
    assessment_start_date,
    assessment_completion_date,
    assessment_completion_date is not null as is_completed
from assessments
where row_from_last = 1
