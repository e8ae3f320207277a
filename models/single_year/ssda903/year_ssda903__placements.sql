-- One row per placement: consecutive episodes between which only the legal status changed.
with

placements as (

    select * from {{ ref('int_ssda903__placements') }}

),

-- Each placement beside the last one of the same period that was not temporary.
compared as (

    select
        *,
        lag(is_temporary) over (history) as is_after_temporary,
        last_value(
            case
                when touches_year and not is_temporary and not is_zero_day
                    then struct_pack(
                        placement_type := placement_type_code, provider := placement_provider_code,
                        urn := urn, postcode := placement_postcode
                    )
            end ignore nulls
        ) over (
            history rows between unbounded preceding and 1 preceding
        ) as earlier
    from placements
    window history as (partition by period_of_care_key order by start_date)

),

unpacked as (

    select
        * exclude (earlier),
        earlier is not null as has_earlier_in_year,
        struct_extract(earlier, 'placement_type') as earlier_type_code,
        struct_extract(earlier, 'provider') as earlier_provider_code,
        struct_extract(earlier, 'urn') as earlier_urn,
        struct_extract(earlier, 'postcode') as earlier_postcode
    from compared

),

returned as (

    select
        *,
        coalesce(is_after_temporary, false)
        and has_earlier_in_year
        and coalesce(placement_type_code = earlier_type_code, false)
        and coalesce(placement_provider_code, '') = coalesce(earlier_provider_code, '')
        and coalesce(urn = earlier_urn, true)
        and coalesce(placement_postcode = earlier_postcode, true) as is_return_after_temporary
    from unpacked

)

select
    placement_key,
    period_of_care_key,
    carer_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    start_date,
    end_date,
    reason_new_episode_code,
    placement_type_code,
    placement_group,
    placement_provider_code,
    urn,
    reason_ceased_code,
    reason_place_change_code,
    episode_count,
    date_diff('day', start_date, end_date) as length_days,
    is_short_break,
    is_temporary,
    is_return_after_temporary,
    is_adoption_by_same_carer,
    touches_year,
    {{ in_year('start_date') }} as is_started_in_year,
    {{ in_year('end_date') }} as is_ended_in_year,
    {{ open_at('start_date', 'end_date', year_end()) }} as is_open_at_year_end,
    touches_year and not is_short_break and not is_temporary and not is_zero_day
    and not is_return_after_temporary
    and not (is_adoption_by_same_carer and has_earlier_in_year) as is_counted_in_year
from returned
