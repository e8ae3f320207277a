-- One row per episode of care as returned, with what it belongs to.
with

episodes as (

    select * from {{ ref('int_ssda903__episodes') }}

),

spells as (

    select * from {{ ref('int_ssda903__spells') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

)

select
    {{ hash_key([
        'episodes.child_year_key', 'episodes.is_short_break', 'episodes.start_date',
        'episodes.start_rank'
    ]) }} as episode_key,
    spells.period_of_care_key,
    spells.placement_key,
    spells.carer_key,
    episodes.child_year_key,
    episodes.child_key,
    episodes.la_code,
    episodes.return_year,
    episodes.start_date,
    episodes.end_date,
    episodes.spell_end_date,
    episodes.reason_new_episode_code,
    episodes.legal_status_code,
    episodes.category_of_need_code,
    episodes.placement_type_code,
    episodes.placement_provider_code,
    spells.underlying_placement_type_code,
    spells.underlying_placement_provider_code,
    episodes.urn,
    episodes.reason_ceased_code,
    episodes.reason_place_change_code,
    spells.carer_start_date,
    episodes.is_short_break,
    episodes.is_temporary,
    episodes.opens_period_of_care,
    episodes.is_end_of_care,
    not episodes.is_set_aside
    and {{ open_at(
        'episodes.start_date', 'episodes.spell_end_date', year_end('episodes.return_year')
    ) }} as is_open_at_year_end,
    {{ in_year('episodes.start_date', 'episodes.return_year') }} as starts_in_year,
    episodes.is_end_of_care
    and {{ in_year('episodes.end_date', 'episodes.return_year') }} as ceases_in_year,
    {{ age_at('children.birth_date', 'episodes.start_date') }} as age_at_start,
    episodes.is_set_aside,
    episodes.is_overlapping,
    episodes.is_zero_day,
    episodes.is_end_before_start
from episodes
inner join children
    on episodes.child_year_key = children.child_year_key
left join spells
    on
        episodes.child_year_key = spells.child_year_key
        and episodes.is_short_break = spells.is_short_break
        and episodes.start_date = spells.start_date
