-- One row per quarterly indicator of referrals, assessments and need, authority and quarter.
{% set referred = in_quarter('referrals.referral_date', 'quarters.period_end') %}
{% set authorised = in_quarter('assessments.authorisation_date', 'quarters.period_end') %}
{% set referral_rules = {
    'Q05': {'counted': referred},
    'Q06': {
        'counted': referred,
        'of_which': 'referrals.is_re_referral',
        'only': 'quarters.has_previous_return',
    },
    'Q07': {'counted': referred, 'of_which': 'referrals.is_nfa'},
    'Q11': {
        'counted': 'referrals.is_in_need and ' ~ open_at(
            'referrals.start_date', 'referrals.end_date', 'quarters.period_end'
        ),
    },
} %}
{% set assessment_rules = {
    'Q08': {'counted': authorised},
    'Q09': {'counted': authorised, 'of_which': 'assessments.is_within_45_working_days'},
} %}
{% set plan_rules = {
    'Q12': {
        'counted': open_at('cin_plans.start_date', 'cin_plans.end_date', 'quarters.period_end'),
    },
} %}

with

quarters as (

    select * from {{ ref('msr_quarters') }}

),

episodes as (

    select * from {{ ref('year_cin__episodes') }}

),

journey_referrals as (

    select * from {{ ref('journey_referrals') }}

),

referrals as (

    select
        episodes.episode_key,
        episodes.la_code,
        episodes.return_year,
        episodes.referral_date,
        episodes.start_date,
        episodes.end_date,
        episodes.is_nfa,
        episodes.is_in_need,
        coalesce(journey_referrals.is_re_referral, false) as is_re_referral
    from episodes
    left join journey_referrals
        on
            episodes.child_key = journey_referrals.child_key
            and episodes.referral_date = journey_referrals.referral_date

),

assessments as (

    select * from {{ ref('year_cin__assessments') }}

),

cin_plans as (

    select * from {{ ref('year_cin__cin_plans') }}

)

{{ count_by_quarter('cin', 'referrals', 'episode_key', referral_rules) }}
union all
{{ count_by_quarter('cin', 'assessments', 'assessment_key', assessment_rules) }}
union all
{{ count_by_quarter('cin', 'cin_plans', 'cin_plan_key', plan_rules) }}
