-- One row per episode returned: which rows count, and where the spell of each one ends.
with

episodes as (

    select * from {{ ref('int_ssda903__episode_codes') }}

),

ranked as (

    select
        * exclude (opens_period_of_care, opens_placement, opens_carer),
        -- Of rows that start on one day the whole spells come before those of no day, then the
        -- one still open or else ended last, then the one that stands last in the return.
        row_number() over (
            partition by child_year_key, is_short_break, start_date
            order by
                is_zero_day or is_end_before_start, end_date desc nulls first,
                source_file desc, source_row desc
        ) as start_rank,
        -- What opens on that day is opened by any of the rows.
        bool_or(opens_period_of_care) over (same_start) as opens_period_of_care,
        bool_or(opens_placement) over (same_start) as opens_placement,
        bool_or(opens_carer) over (same_start) as opens_carer
    from episodes
    window same_start as (partition by child_year_key, is_short_break, start_date)

),

followed as (

    select
        *,
        start_date is null or start_rank > 1 as is_set_aside,
        lead(start_date) over (
            partition by child_year_key, is_short_break, start_date is null or start_rank > 1
            order by start_date
        ) as next_start_date
    from ranked

)

select
    child_year_key,
    child_key,
    la_code,
    return_year,
    start_date,
    end_date,
    -- An episode that runs past the next one is cut where that begins; one set aside has no day.
    case
        when is_set_aside then start_date
        when coalesce(end_date, next_start_date) is not null
            then greatest(start_date, least(end_date, next_start_date))
    end as spell_end_date,
    reason_new_episode_code,
    legal_status_code,
    category_of_need_code,
    placement_type_code,
    placement_provider_code,
    placement_postcode,
    urn,
    reason_ceased_code,
    reason_place_change_code,
    is_short_break,
    is_temporary,
    is_end_of_care,
    opens_period_of_care,
    opens_placement,
    opens_carer,
    is_zero_day,
    is_end_before_start,
    start_rank,
    is_set_aside,
    coalesce(not is_set_aside and next_start_date < coalesce(end_date, 'infinity'), false)
        as is_overlapping
from followed
