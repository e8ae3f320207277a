-- One row per person on SEN support on one day.
with

persons as (

    select * from {{ ref('int_annex_a_send__persons') }}
    where list_name = 'sen_support'

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
