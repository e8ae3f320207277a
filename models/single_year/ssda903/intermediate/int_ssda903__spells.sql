-- One row per episode that counts, with the period of care, placement and carer it belongs to.
with

episodes as (

    select * from {{ ref('int_ssda903__episodes') }}
    where not is_set_aside

),

periods as (

    select
        *,
        opens_period_of_care
        or coalesce(lag(is_end_of_care) over (history), true) as is_first_of_period
    from episodes
    window history as (partition by child_year_key, is_short_break order by start_date)

),

numbered as (

    select
        *,
        -- Each running count names a run of episodes; it does not choose among rows.
        count(*) filter (where is_first_of_period) over (history) as period_number,
        count(*) filter (where is_first_of_period or opens_placement) over (history)
            as placement_number,
        count(*) filter (where is_first_of_period or opens_carer) over (history) as carer_number
    from periods
    window history as (partition by child_year_key, is_short_break order by start_date)

),

dated as (

    select
        *,
        min(start_date) over (
            partition by child_year_key, is_short_break, period_number
        ) as period_start_date,
        min(start_date) over (
            partition by child_year_key, is_short_break, placement_number
        ) as placement_start_date,
        min(start_date) over (
            partition by child_year_key, is_short_break, carer_number
        ) as carer_start_date,
        last_value(
            case
                when not is_temporary
                    then struct_pack(
                        placement_type := placement_type_code,
                        provider := placement_provider_code
                    )
            end ignore nulls
        ) over (
            partition by child_year_key, is_short_break, period_number
            order by start_date
        ) as underlying
    from numbered

)

select
    child_year_key,
    child_key,
    la_code,
    return_year,
    is_short_break,
    start_date,
    spell_end_date,
    reason_new_episode_code,
    placement_type_code,
    placement_provider_code,
    placement_postcode,
    urn,
    is_temporary,
    reason_ceased_code,
    reason_place_change_code,
    period_start_date,
    placement_start_date,
    carer_start_date,
    {{ hash_key(["'period of care'", 'child_year_key', 'is_short_break', 'period_start_date']) }}
        as period_of_care_key,
    {{ hash_key(["'placement'", 'child_year_key', 'is_short_break', 'placement_start_date']) }}
        as placement_key,
    {{ hash_key(["'carer'", 'child_year_key', 'is_short_break', 'carer_start_date']) }}
        as carer_key,
    struct_extract(underlying, 'placement_type') as underlying_placement_type_code,
    struct_extract(underlying, 'provider') as underlying_placement_provider_code
from dated
