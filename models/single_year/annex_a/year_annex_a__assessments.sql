-- One row per assessment of a child, open on the day of the lists or of the six months before.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, assessment_start_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__assessments') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

working_days as (

    select * from {{ ref('ref_working_days') }}

),

assessments as (

    select
        *,
        coalesce(assessment_authorised_date <= period_end, false) as is_authorised,
        {{ open_at('assessment_start_date', 'assessment_authorised_date', 'period_end') }}
            as is_open_at_period_end,
        {{ in_months_before('assessment_authorised_date', 6) }} as is_authorised_in_period
    from rows_sent
    where row_from_last = 1

)

select
    {{ hash_key(['assessments.child_key', 'assessments.assessment_start_date']) }}
        as assessment_key,
    assessments.child_year_key,
    assessments.child_key,
    assessments.la_code,
    assessments.return_year,
    assessments.period_end,
    assessments.assessment_start_date,
    assessments.assessment_authorised_date,
    {{ is_yes('assessments.child_seen_code') }} as is_child_seen,
    {{ is_yes('assessments.requires_social_care_code') }} as is_social_care_required,
    assessments.is_authorised_in_period,
    assessments.is_open_at_period_end,
    {{ ordinal_in_period('assessments', 'assessment_start_date', 'is_authorised_in_period') }}
        as ordinal_authorised,
    {{ ordinal_in_period('assessments', 'assessment_start_date', 'is_open_at_period_end') }}
        as ordinal_open,
    -- dates in the wrong order have no duration
    case
        when last_days.day_date >= start_days.day_date
            then
                {{ working_days_between(
                    'start_days.working_day_number', 'last_days.working_day_number'
                ) }}
    end as working_days,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from assessments
left join children
    on assessments.child_key = children.child_key and assessments.period_end = children.period_end
left join working_days as start_days
    on assessments.assessment_start_date = start_days.day_date
-- of an open one up to the day of the lists
left join working_days as last_days
    on
        case
            when assessments.is_authorised then assessments.assessment_authorised_date
            else assessments.period_end
        end = last_days.day_date
