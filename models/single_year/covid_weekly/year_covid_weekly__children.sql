-- One row per week and group of children in one file of an authority.
with

children as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, week_ending, child_group_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_covid_weekly__children') }}
    where week_ending is not null and child_group_code is not null

)

select
    {{ hash_key(['la_code', 'week_ending', 'child_group_code']) }} as week_group_key,
    la_code,
    return_year,
    period_end,
    child_group_code,
    week_ending,
    wave,
    children_count,
    contact_last_2_weeks_count,
    contact_last_4_weeks_count,
    attending_school_count
from children
where row_from_last = 1
