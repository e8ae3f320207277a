-- One row per episode of early help of a child in one extract.
with

episodes as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by eh_episode_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_early_help__episodes') }}

)

select
    eh_episode_key,
    eh_family_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    period_end,
    reason,
    end_reason,
    start_date,
    end_date,
    {{ open_at('start_date', 'end_date', 'period_end') }} as is_open_at_period_end,
    case when end_date >= start_date then end_date - start_date end as length_days
from episodes
where row_from_last = 1
