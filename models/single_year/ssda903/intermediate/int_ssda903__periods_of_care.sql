-- One row per period of care, as its episodes describe it.
with

episodes as (

    select * from {{ ref('year_ssda903__episodes') }}
    where not is_set_aside

),

periods as (

    select
        period_of_care_key,
        child_year_key,
        child_key,
        la_code,
        return_year,
        is_short_break,
        min(start_date) as start_date,
        last(spell_end_date order by start_date) as end_date,
        first(opens_period_of_care order by start_date) as is_start_known,
        last(is_end_of_care order by start_date) as is_end_of_care,
        -- As returned: an ending counts in its year even where the next episode cuts the spell.
        last(ceases_in_year order by start_date) as is_ended_in_year,
        first(legal_status_code order by start_date) as start_legal_status_code,
        first(placement_type_code order by start_date) as start_placement_type_code,
        first(placement_provider_code order by start_date) as start_placement_provider_code,
        first(category_of_need_code order by start_date) as category_of_need_code,
        last(legal_status_code order by start_date) as last_legal_status_code,
        last(underlying_placement_type_code order by start_date) as last_placement_type_code,
        last(reason_ceased_code order by start_date) as last_reason_ceased_code,
        count(*) as episode_count,
        count(distinct placement_key) as placement_count
    from episodes
    group by
        period_of_care_key, child_year_key, child_key, la_code, return_year, is_short_break

),

flagged as (

    select
        *,
        is_start_known and {{ in_year('start_date') }} as is_started_in_year
    from periods

)

select
    period_of_care_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    is_short_break,
    start_date,
    end_date,
    is_start_known,
    start_legal_status_code,
    start_placement_type_code,
    start_placement_provider_code,
    category_of_need_code,
    last_legal_status_code,
    last_placement_type_code,
    case when is_end_of_care then last_reason_ceased_code end as reason_ceased_code,
    is_started_in_year,
    is_ended_in_year,
    -- A child who starts or ends more than once counts once: at the first start, the last end.
    is_started_in_year and not is_short_break and row_number() over (
        partition by child_year_key, is_short_break, is_started_in_year
        order by start_date
    ) = 1 as is_first_start_in_year,
    is_ended_in_year and not is_short_break and row_number() over (
        partition by child_year_key, is_short_break, is_ended_in_year
        order by end_date desc, start_date desc
    ) = 1 as is_last_end_in_year,
    date_diff('day', start_date, end_date) as length_days,
    episode_count,
    placement_count
from flagged
