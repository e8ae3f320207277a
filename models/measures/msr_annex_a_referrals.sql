-- One row per measure of referrals (list 3), authority, day and breakdown value.
{% set rules = {
    'A301': {'numerator': 'is_referral', 'also': {'source': 'referral_source_group'}},
    'A301-C': {'numerator': 'is_child'},
    'A302': {'numerator': 'is_referral', 'denominator': 'child_years', 'by': {}},
    'A303': {'numerator': 'is_referral and is_nfa', 'denominator': 'is_referral'},
    'A304': {
        'numerator': 'is_child and referrals_last_12_months_count >= 1',
        'denominator': 'is_child',
    },
} %}

with

returns as (

    select * from {{ ref('msr_returns') }}
    where
        return_name = 'annex_a'
        and list_contains(tables_sent, 'referrals')

),

year_referrals as (

    select * from {{ ref('year_annex_a__referrals') }}
    where is_in_period

),

populations as (

    select * from {{ ref('ref_population') }}
    where population_id = 'population 0 to 17'

),

referrals as (

    select
        la_code,
        period_end,
        true as is_referral,
        -- a child counts once, at the latest referral
        ordinal_in_period = 1 as is_child,
        coalesce(is_nfa, false) as is_nfa,
        referrals_last_12_months_count,
        0 as child_years,
        referral_source_group,
        sex_code,
        age_band,
        ethnicity_group
    from year_referrals
    union all
    -- the children of an authority are one more thing to add up, each for the part of a year
    select
        returns.la_code,
        returns.period_end,
        false as is_referral,
        false as is_child,
        false as is_nfa,
        null as referrals_last_12_months_count,
        populations.population
        * (returns.period_end - cast(returns.period_end - interval 6 month as date)) / 365.25
            as child_years,
        null as referral_source_group,
        null as sex_code,
        null as age_band,
        null as ethnicity_group
    from returns
    inner join populations
        on
            returns.la_code = populations.la_code
            and returns.return_year = populations.return_year

)

{{ count_by_breakdowns('referrals', rules, is_decimal=true, period='period_end') }}
