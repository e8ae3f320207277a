-- One row per young person and referral in one extract.
with

participants as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by participant_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_your_choice__participants') }}

)

select
    participant_key,
    child_key,
    la_code,
    return_year,
    period_end,
    sex_code,
    ethnicity_code,
    referral_service_code,
    panel_risk_code,
    arm_code,
    consent_evaluation_code,
    end_reason_code,
    cla_status_code,
    ete_status_code,
    referral_date,
    start_date,
    end_date,
    start_date is not null as is_started,
    coalesce(end_reason_code = 'COMP', false) as is_completed,
    {{ age_at('birth_date', 'referral_date') }} as age_at_referral,
    (end_date - start_date) / 7 as length_weeks
from participants
where row_from_last = 1
