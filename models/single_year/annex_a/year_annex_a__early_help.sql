-- One row per child and first day of an early help assessment, of the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, assessment_start_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__early_help') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

assessments as (

    select
        *,
        {{ in_months_before('assessment_start_date', 6) }}
        or {{ open_at('assessment_start_date', 'assessment_completion_date', 'period_end') }}
            as is_counted,
        coalesce(assessment_completion_date <= period_end, false) as is_completed
    from rows_sent
    where row_from_last = 1

)

select
    {{ hash_key(['assessments.child_key', 'assessments.assessment_start_date']) }}
        as early_help_assessment_key,
    assessments.child_year_key,
    assessments.child_key,
    assessments.la_code,
    assessments.return_year,
    assessments.period_end,
    assessments.assessment_start_date,
    assessments.assessment_completion_date,
    assessments.is_counted,
    assessments.is_completed,
    {{ in_months_before('assessments.assessment_completion_date', 6, 'assessments.period_end') }}
        as is_completed_in_period,
    -- dates in the wrong order have no duration
    case
        when assessments.assessment_completion_date >= assessments.assessment_start_date
            then assessments.assessment_completion_date - assessments.assessment_start_date
    end as length_days,
    {{ ordinal_in_period('assessments', 'assessment_start_date', 'is_counted') }}
        as ordinal_counted,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from assessments
left join children
    on assessments.child_key = children.child_key and assessments.period_end = children.period_end
