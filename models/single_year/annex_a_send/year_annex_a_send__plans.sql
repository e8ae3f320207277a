-- One row per person with an education, health and care plan on one day.
with

persons as (

    select * from {{ ref('int_annex_a_send__persons') }}
    where list_name = 'plans'

)

select
    child_year_key,
    child_key,
    learner_key,
    la_code,
    return_year,
    period_end,
    sex_code,
    ethnicity_group,
    primary_need_group,
    phase_group,
    main_urn,
    initial_plan_date,
    updated_plan_date,
    last_review_date,
    coalesce(initial_plan_date <= period_end - interval 12 month, false) as is_12_months_old,
    coalesce(
        last_review_date >= period_end - interval 12 month and last_review_date <= period_end,
        false
    ) as is_reviewed_in_12_months,
    is_home_educated,
    has_pupil_premium,
    is_known_to_social_care,
    is_disabled,
    is_school_age,
    age_at_period_end,
    age_band,
    suspension_count,
    permanent_exclusion_count,
    absence_percent
from persons
