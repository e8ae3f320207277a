-- One row per young person, questionnaire, time and scale in one extract.
with

scores as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by participant_key, measure_code, wave_code, scale, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_your_choice__scores') }}
    where measure_code is not null and wave_code is not null and scale is not null

)

select
    {{ hash_key(['participant_key', 'measure_code', 'wave_code', 'scale']) }} as score_key,
    participant_key,
    la_code,
    return_year,
    period_end,
    measure_code,
    wave_code,
    scale,
    measure_date,
    score
from scores
where row_from_last = 1
