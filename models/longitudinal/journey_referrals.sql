-- One row per child, authority and referral date, over all children in need returns.
with

episodes as (

    select * from {{ ref('year_cin__episodes') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

-- distinct: an authority and year has as many rows as children
returns as (

    select distinct
        la_code,
        return_year
    from children

),

latest as (

    select
        child_key,
        la_code,
        referral_date,
        cast(year(referral_date) + case when month(referral_date) >= 4 then 1 else 0 end as integer)
            as referral_year,
        return_year,
        is_nfa
    from episodes
    where referral_date is not null
    -- an open episode comes back every year: the latest return says it best; of two referrals on
    -- one day the one that was taken further counts
    qualify
        row_number() over (
            partition by child_key, referral_date
            order by return_year desc, is_nfa asc, episode_key asc
        ) = 1

),

in_order as (

    select
        *,
        lag(referral_date) over (partition by child_key order by referral_date)
            as previous_referral_date
    from latest

)

select
    in_order.child_key,
    in_order.la_code,
    in_order.referral_date,
    in_order.referral_year,
    in_order.return_year,
    in_order.previous_referral_date,
    in_order.is_nfa,
    returns.la_code is not null as has_previous_return,
    -- the window, in one place: 12 calendar months, the day they end included
    case
        when returns.la_code is not null
            then
                coalesce(
                    in_order.previous_referral_date >= in_order.referral_date - interval 12 month,
                    false
                )
    end as is_re_referral
from in_order
left join returns
    on
        in_order.la_code = returns.la_code
        and in_order.referral_year - 1 = returns.return_year
