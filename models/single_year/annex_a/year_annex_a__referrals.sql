-- One row per referral of a child, of the six months before the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, referral_date, referral_source_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__referrals') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

source_groups as (

    select * from {{ ref('group_cin__referral_source') }}

),

referrals as (

    select
        *,
        {{ in_months_before('referral_date', 6) }} as is_in_period
    from rows_sent
    where row_from_last = 1

)

select
    {{ hash_key([
        'referrals.child_key', 'referrals.referral_date', 'referrals.referral_source_code'
    ]) }} as referral_key,
    referrals.child_year_key,
    referrals.child_key,
    referrals.la_code,
    referrals.return_year,
    referrals.period_end,
    referrals.referral_date,
    referrals.referral_source_code,
    coalesce(source_groups.referral_source_group, 'Not stated') as referral_source_group,
    {{ is_yes('referrals.referral_nfa_code') }} as is_nfa,
    referrals.referrals_last_12_months_count,
    referrals.is_in_period,
    {{ ordinal_in_period('referrals', 'referral_date') }} as ordinal_in_period,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from referrals
left join children
    on referrals.child_key = children.child_key and referrals.period_end = children.period_end
left join source_groups
    on referrals.referral_source_code = source_groups.code
