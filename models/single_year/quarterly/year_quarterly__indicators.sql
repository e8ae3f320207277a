-- One row per authority, quarter and indicator.
with

indicators as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, period_end, indicator_id
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_quarterly__indicators') }}
    where indicator_id is not null

)

select
    {{ hash_key(['la_code', 'period_end', 'indicator_id']) }} as indicator_key,
    la_code,
    return_year,
    period_end,
    indicator_id,
    numerator,
    denominator,
    value_as_sent
from indicators
where
    row_from_last = 1
    and (numerator is not null or denominator is not null or value_as_sent is not null)
