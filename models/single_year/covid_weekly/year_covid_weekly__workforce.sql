-- One row per week and group of staff in one file of an authority.
with

workforce as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, week_ending, staff_group_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_covid_weekly__workforce') }}
    where week_ending is not null and staff_group_code is not null

)

select
    {{ hash_key(['la_code', 'week_ending', 'staff_group_code']) }} as week_staff_key,
    la_code,
    return_year,
    period_end,
    staff_group_code,
    unavailable_band_code,
    week_ending,
    coalesce(
        unavailable_percent > 10,
        case
            when unavailable_band_code is not null then unavailable_band_code in ('2', '3', '4')
        end
    ) as is_over_10_percent,
    unavailable_percent
from workforce
where row_from_last = 1
