-- One row per week, thing counted and source of referral in one file of an authority.
with

activity as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, week_ending, measure_code, referral_source_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_covid_weekly__activity') }}
    where week_ending is not null and measure_code is not null and referral_source_code is not null

)

select
    {{ hash_key(['la_code', 'week_ending', 'measure_code', 'referral_source_code']) }}
        as week_activity_key,
    la_code,
    return_year,
    period_end,
    measure_code,
    referral_source_code,
    week_ending,
    referral_source_code = 'ALL' as is_total,
    weekly_count
from activity
where row_from_last = 1
