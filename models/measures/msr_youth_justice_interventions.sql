-- One row per measure of interventions that ended, authority, quarter and breakdown value.
{% set rules = {
    'Y05': {'numerator': "accommodation_suitable_end_code = 'Y'", 'denominator': 'is_ended'},
    'Y06': {'numerator': "ete_suitable_end_code = 'Y'", 'denominator': 'is_ended'},
    'Y07': {
        'numerator': "has_send and ehc_plan_code = 'Y' and ete_suitable_end_code = 'Y'",
        'denominator': 'has_send',
    },
    'Y08': {'numerator': 'is_mh_offered', 'denominator': "mh_need_code = 'Y'"},
    'Y08-A': {
        'numerator': "is_mh_offered and mh_attended_code = 'Y'",
        'denominator': 'is_mh_offered',
    },
    'Y08-S': {'numerator': 'is_sm_offered', 'denominator': "sm_need_code = 'Y'"},
    'Y08-SA': {
        'numerator': "is_sm_offered and sm_attended_code = 'Y'",
        'denominator': 'is_sm_offered',
    },
    'Y09': {'numerator': "is_oocd and end_reason_code = 'COMP'", 'denominator': 'is_oocd'},
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'youth_justice' and list_has_all(tables_sent, ['persons', 'interventions'])

),

year_children as (

    select * from {{ ref('year_youth_justice__children') }}

),

year_interventions as (

    select * from {{ ref('year_youth_justice__interventions') }}
    where is_ended_in_quarter

),

interventions as (

    select
        year_interventions.la_code,
        year_interventions.period_end,
        year_interventions.end_reason_code,
        year_interventions.ete_suitable_end_code,
        year_interventions.accommodation_suitable_end_code,
        year_interventions.ehc_plan_code,
        year_interventions.mh_need_code,
        year_interventions.mh_attended_code,
        year_interventions.sm_need_code,
        year_interventions.sm_attended_code,
        true as is_ended,
        year_interventions.send_identified_code = 'Y' as has_send,
        year_interventions.intervention_type_code = 'OOCD' as is_oocd,
        year_interventions.mh_need_code = 'Y' and year_interventions.mh_offered_code = 'Y'
            as is_mh_offered,
        year_interventions.sm_need_code = 'Y' and year_interventions.sm_offered_code = 'Y'
            as is_sm_offered,
        coalesce(year_children.sex_code, 'U') as sex_code,
        coalesce(year_children.age_band, 'unknown') as age_band,
        coalesce(year_children.ethnicity_group, 'Unknown') as ethnicity_group
    from year_interventions
    left join year_children
        on
            year_interventions.yj_person_key = year_children.yj_person_key
            and year_interventions.period_end = year_children.period_end

)

{{ count_by_breakdowns('interventions', rules, period='period_end') }}
