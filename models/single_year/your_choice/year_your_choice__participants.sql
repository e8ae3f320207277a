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

),

ethnicity_groups as (

    select * from {{ ref('group_ethnicity') }}

),

latest as (

    select
        *,
        {{ age_at('birth_date', 'referral_date') }} as age_at_referral
    from participants
    where row_from_last = 1

)

select
    latest.participant_key,
    latest.child_key,
    latest.la_code,
    latest.return_year,
    latest.period_end,
    case when latest.sex_code in ('M', 'F') then latest.sex_code else 'U' end as sex_code,
    latest.ethnicity_code,
    coalesce(ethnicity_groups.ethnicity_group, 'Unknown') as ethnicity_group,
    latest.referral_service_code,
    latest.panel_risk_code,
    latest.arm_code,
    latest.consent_evaluation_code,
    latest.end_reason_code,
    latest.cla_status_code,
    latest.ete_status_code,
    latest.referral_date,
    latest.start_date,
    latest.end_date,
    latest.start_date is not null as is_started,
    coalesce(latest.end_reason_code = 'COMP', false) as is_completed,
    latest.age_at_referral,
    {{ youth_age_band('latest.age_at_referral') }} as age_band,
    (latest.end_date - latest.start_date) / 7 as length_weeks
from latest
left join ethnicity_groups
    on latest.ethnicity_code = ethnicity_groups.code
