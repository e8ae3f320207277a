-- One row per placement, with its postcode (vault only).
with

spells as (

    select * from {{ ref('int_ssda903__spells') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

placements as (

    select
        placement_key,
        child_year_key,
        child_key,
        la_code,
        return_year,
        is_short_break,
        period_of_care_key,
        first(carer_key order by start_date) as carer_key,
        min(start_date) as start_date,
        last(spell_end_date order by start_date) as end_date,
        first(reason_new_episode_code order by start_date) as reason_new_episode_code,
        last(placement_type_code order by start_date) as placement_type_code,
        last(placement_provider_code order by start_date) as placement_provider_code,
        last(urn order by start_date) as urn,
        last(placement_postcode order by start_date) as placement_postcode,
        last(reason_ceased_code order by start_date) as reason_ceased_code,
        last(reason_place_change_code order by start_date) as reason_place_change_code,
        last(is_temporary order by start_date) as is_temporary,
        count(*) as episode_count
    from spells
    group by
        placement_key, child_year_key, child_key, la_code, return_year, is_short_break,
        period_of_care_key

)

select
    placements.placement_key,
    placements.period_of_care_key,
    placements.carer_key,
    placements.child_year_key,
    placements.child_key,
    placements.la_code,
    placements.return_year,
    placements.is_short_break,
    placements.start_date,
    placements.end_date,
    placements.reason_new_episode_code,
    placements.placement_type_code,
    coalesce(placement_types.placement_group, 'Unknown') as placement_group,
    placements.placement_provider_code,
    placements.urn,
    placements.placement_postcode,
    placements.reason_ceased_code,
    placements.reason_place_change_code,
    placements.episode_count,
    placements.is_temporary,
    coalesce(placements.start_date = placements.end_date, false) as is_zero_day,
    coalesce(placement_types.is_adoption_by_foster_carer, false)
    and coalesce(placements.reason_new_episode_code in ('T', 'U'), false)
        as is_adoption_by_same_carer,
    placements.start_date <= {{ year_end('placements.return_year') }}
    and coalesce(placements.end_date, 'infinity') > {{ year_start('placements.return_year') }}
        as touches_year
from placements
left join placement_types
    on placements.placement_type_code = placement_types.code
