-- One row per week and subject in one file of an authority.
with

pressures as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, week_ending, topic_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_covid_weekly__pressures') }}
    where week_ending is not null and topic_code is not null

)

select
    {{ hash_key(['la_code', 'week_ending', 'topic_code']) }} as week_topic_key,
    la_code,
    return_year,
    period_end,
    topic_code,
    rag_code,
    week_ending
from pressures
where row_from_last = 1
