-- One row per referral measure, authority, year and breakdown value.
{% set rules = {
    'CIN-R1': {
        'numerator': 'is_referred_in_year',
        'also': {'referral_source': 'referral_source_group'},
    },
    'CIN-R2': {
        'numerator': 'is_referred_in_year and is_re_referral',
        'denominator': 'is_referred_in_year',
        'only': 'has_previous_return',
    },
    'CIN-R3': {
        'numerator': 'is_referred_in_year and is_nfa',
        'denominator': 'is_referred_in_year',
    },
    'CIN-R4': {
        'numerator': 'is_referred_in_year and is_not_in_need',
        'denominator': 'is_referred_in_year',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where return_name = 'cin'

),

episodes as (

    select * from {{ ref('year_cin__episodes') }}

),

journey_referrals as (

    select * from {{ ref('journey_referrals') }}

),

referrals as (

    select
        episodes.la_code,
        episodes.return_year,
        episodes.is_referred_in_year,
        episodes.is_nfa,
        episodes.is_not_in_need,
        coalesce(journey_referrals.is_re_referral, false) as is_re_referral,
        coalesce(episodes.referral_source_group, 'Unknown') as referral_source_group,
        episodes.sex_code,
        episodes.age_band,
        episodes.ethnicity_group
    from episodes
    left join journey_referrals
        on
            episodes.child_key = journey_referrals.child_key
            and episodes.referral_date = journey_referrals.referral_date

)

{{ count_by_breakdowns('referrals', rules) }}
