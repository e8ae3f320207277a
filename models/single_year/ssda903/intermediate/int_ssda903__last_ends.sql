-- One row per child and return year with an episode: how the last time in care stands.
with

spells as (

    select * from {{ ref('int_ssda903__spells') }}

),

birth_dates as (

    select * from {{ ref('int_ssda903__children') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

last_spells as (

    select
        child_year_key,
        bool_and(is_short_break) as is_short_break_only,
        last(reason_ceased_code order by start_date) filter (where not is_short_break)
            as reason_ceased_code,
        last(spell_end_date order by start_date) filter (where not is_short_break) as end_date,
        last(underlying_placement_type_code order by start_date) filter (where not is_short_break)
            as placement_type_code
    from spells
    group by child_year_key

)

select
    last_spells.child_year_key,
    last_spells.is_short_break_only,
    coalesce(last_spells.reason_ceased_code = 'E3', false) as is_transferred,
    coalesce(
        placement_types.is_foster
        and {{ age_at('birth_dates.birth_date', 'last_spells.end_date') }} = 18
        and {{ age_at('birth_dates.birth_date', '(last_spells.end_date - 1)') }} = 17,
        false
    ) as is_end_of_fostering_on_18th_birthday
from last_spells
inner join birth_dates
    on last_spells.child_year_key = birth_dates.child_year_key
left join placement_types
    on last_spells.placement_type_code = placement_types.code
