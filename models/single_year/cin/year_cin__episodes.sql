-- One row per referral and the episode of need that it opened, in one return year.
with

episodes as (

    select * from {{ ref('int_cin__episodes') }}

),

exact_dates as (

    select * from {{ ref('int_cin__children') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

source_groups as (

    select * from {{ ref('group_cin__referral_source') }}

),

closure_groups as (

    select * from {{ ref('group_cin__reason_for_closure') }}

),

judged as (

    select
        episodes.*,
        source_groups.referral_source_group,
        closure_groups.closure_reason_group,
        coalesce(episodes.is_referral_nfa, false) as is_nfa,
        coalesce(closure_groups.closure_reason_group = 'Assessed not in need', false)
            as is_closed_as_not_in_need,
        {{ open_at('episodes.referral_date', 'episodes.closure_date',
                   year_end('episodes.return_year')) }} as is_open_at_year_end,
        cast({{ age_at('exact_dates.birth_date', 'episodes.referral_date') }} as integer)
            as age_at_referral,
        coalesce(exact_dates.birth_date > episodes.referral_date, exact_dates.is_unborn)
            as is_unborn_at_referral
    from episodes
    left join exact_dates
        on episodes.child_year_key = exact_dates.child_year_key
    left join source_groups
        on episodes.referral_source_code = source_groups.code
    left join closure_groups
        on episodes.closure_reason_code = closure_groups.code

)

select
    judged.episode_key,
    judged.child_year_key,
    judged.child_key,
    judged.la_code,
    judged.return_year,
    judged.referral_date,
    judged.referral_source_code,
    coalesce(judged.referral_source_group, 'Not stated') as referral_source_group,
    judged.primary_need_code,
    judged.closure_date,
    judged.closure_reason_code,
    judged.closure_reason_group,
    judged.transfer_in_conference_date,
    judged.is_nfa,
    judged.is_closed_as_not_in_need and not judged.is_nfa as is_not_in_need,
    not judged.is_closed_as_not_in_need and not judged.is_nfa as is_in_need,
    {{ in_year('judged.referral_date', 'judged.return_year') }} as is_referred_in_year,
    {{ in_year('judged.closure_date', 'judged.return_year') }} as is_closed_in_year,
    judged.is_open_at_year_end,
    judged.referral_date as start_date,
    judged.closure_date as end_date,
    judged.age_at_referral,
    {{ cin_age_band('judged.age_at_referral', 'judged.is_unborn_at_referral') }}
        as age_band_at_referral,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from judged
left join children
    on judged.child_year_key = children.child_year_key
