-- One row per child looked after at 31 March, short breaks left out.
with

episodes as (

    select * from {{ ref('year_ssda903__episodes') }}
    where is_open_at_year_end and not is_short_break

),

periods as (

    select * from {{ ref('year_ssda903__periods_of_care') }}

),

children as (

    select * from {{ ref('year_ssda903__children') }}

),

counts as (

    select * from {{ ref('int_ssda903__counts_in_year') }}

),

legal_statuses as (

    select * from {{ ref('group_ssda903__legal_status') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

providers as (

    select * from {{ ref('group_ssda903__placement_provider') }}

)

select
    episodes.child_year_key,
    episodes.child_key,
    episodes.la_code,
    episodes.return_year,
    episodes.episode_key,
    episodes.placement_key,
    episodes.period_of_care_key,
    periods.start_date as period_start_date,
    periods.is_start_known as is_period_start_known,
    episodes.legal_status_code,
    coalesce(legal_statuses.legal_status_group, 'Unknown') as legal_status_group,
    episodes.category_of_need_code,
    coalesce(episodes.underlying_placement_type_code, episodes.placement_type_code)
        as placement_type_code,
    coalesce(placement_types.placement_group, 'Unknown') as placement_group,
    coalesce(placement_types.foster_group, 'Not fostering') as foster_group,
    episodes.is_temporary as is_in_temporary_placement,
    episodes.underlying_placement_provider_code as placement_provider_code,
    coalesce(providers.placement_provider_group, 'Not reported') as placement_provider_group,
    episodes.urn,
    episodes.carer_start_date,
    counts.placement_count_in_year,
    counts.social_worker_count_in_year,
    children.is_uasc_at_year_end as is_uasc,
    -- In care on 1 April, ever since, and never in a short break.
    periods.start_date <= {{ year_start('episodes.return_year') }}
    and not counts.has_short_break_in_year as is_looked_after_12_months,
    children.is_mother,
    children.sex_code,
    children.ethnicity_code,
    children.ethnicity_group,
    children.age_at_year_end,
    children.age_band
from episodes
inner join periods
    on episodes.period_of_care_key = periods.period_of_care_key
inner join children
    on episodes.child_year_key = children.child_year_key
inner join counts
    on episodes.child_year_key = counts.child_year_key
left join legal_statuses
    on episodes.legal_status_code = legal_statuses.code
left join placement_types
    on
        coalesce(episodes.underlying_placement_type_code, episodes.placement_type_code)
        = placement_types.code
left join providers
    on episodes.underlying_placement_provider_code = providers.code
