-- One row per measure of early help episodes, authority and quarter.
{% set rules = {
    'E01': {'numerator': 'is_open_at_period_end', 'by': {}},
    'E02': {'median': 'days_to_end', 'by': {}},
    'E03': {
        'numerator': 'is_ended and (is_stepped_up or is_referred)',
        'denominator': 'is_ended',
        'by': {},
        'only': 'are_referrals_known',
    },
    'E03-R': {'numerator': 'is_ended and is_stepped_up', 'denominator': 'is_ended', 'by': {}},
} %}

with

all_returns as (

    select * from {{ ref('msr_returns') }}

),

-- referrals until twelve months after the end stand in the census of the year and of the next
returns as (

    select
        all_returns.*,
        censuses.la_code is not null as are_referrals_known
    from all_returns
    left join all_returns as censuses
        on
            censuses.return_name = 'cin'
            and all_returns.la_code = censuses.la_code
            and all_returns.return_year + 1 = censuses.return_year
            and censuses.has_previous_return
    where
        all_returns.return_name = 'early_help'
        and list_contains(all_returns.tables_sent, 'episodes')

),

year_episodes as (

    select * from {{ ref('year_early_help__episodes') }}

),

referrals as (

    select * from {{ ref('journey_referrals') }}

),

-- distinct: a child may be referred several times
referred as (

    select distinct
        year_episodes.eh_episode_key,
        year_episodes.period_end
    from year_episodes
    inner join referrals
        on
            year_episodes.child_key = referrals.child_key
            and year_episodes.end_date <= referrals.referral_date
            and year_episodes.end_date + interval 12 month >= referrals.referral_date

),

episodes as (

    select
        year_episodes.la_code,
        year_episodes.period_end,
        year_episodes.is_open_at_period_end,
        {{ in_quarter('year_episodes.end_date', 'year_episodes.period_end') }} as is_ended,
        case
            when {{ in_quarter('year_episodes.end_date', 'year_episodes.period_end') }}
                then year_episodes.length_days
        end as days_to_end,
        -- a reason is words of the authority's own
        coalesce(regexp_matches(lower(year_episodes.end_reason), 'step\w*[ -]*up'), false)
            as is_stepped_up,
        referred.eh_episode_key is not null as is_referred
    from year_episodes
    left join referred
        on
            year_episodes.eh_episode_key = referred.eh_episode_key
            and year_episodes.period_end = referred.period_end

)

{{ count_by_breakdowns('episodes', rules, is_decimal=true, period='period_end') }}
