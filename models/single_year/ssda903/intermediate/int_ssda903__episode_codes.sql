-- One row per episode returned, with what its codes mean for spells (vault only: has a postcode).
with

episodes as (

    select * from {{ ref('stg_ssda903__episodes') }}

),

legal_statuses as (

    select * from {{ ref('group_ssda903__legal_status') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

reasons_new as (

    select * from {{ ref('group_ssda903__reason_new_episode') }}

),

reasons_ceased as (

    select * from {{ ref('group_ssda903__reason_ceased') }}

)

select
    episodes.child_year_key,
    episodes.child_key,
    episodes.la_code,
    episodes.return_year,
    episodes.start_date,
    episodes.end_date,
    episodes.reason_new_episode_code,
    episodes.legal_status_code,
    episodes.category_of_need_code,
    episodes.placement_type_code,
    episodes.placement_provider_code,
    episodes.placement_postcode,
    episodes.urn,
    episodes.reason_ceased_code,
    episodes.reason_place_change_code,
    coalesce(legal_statuses.is_short_break, false) as is_short_break,
    coalesce(placement_types.is_temporary, false) as is_temporary,
    coalesce(reasons_new.opens_period_of_care, false) as opens_period_of_care,
    coalesce(reasons_new.opens_placement, true) as opens_placement,
    coalesce(reasons_new.opens_carer, false) as opens_carer,
    coalesce(reasons_ceased.is_end_of_care, episodes.reason_ceased_code is not null)
        as is_end_of_care,
    coalesce(episodes.end_date = episodes.start_date, false) as is_zero_day,
    coalesce(episodes.end_date < episodes.start_date, false) as is_end_before_start,
    episodes.source_file,
    episodes.source_row
from episodes
left join legal_statuses
    on episodes.legal_status_code = legal_statuses.code
left join placement_types
    on episodes.placement_type_code = placement_types.code
left join reasons_new
    on episodes.reason_new_episode_code = reasons_new.code
left join reasons_ceased
    on episodes.reason_ceased_code = reasons_ceased.code
