-- One row per practitioner and day of supervision in one extract.
with

supervisions as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by practitioner_key, supervision_date, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_your_choice__supervisions') }}
    where supervision_date is not null

)

select
    {{ hash_key(['practitioner_key', 'supervision_date']) }} as supervision_key,
    practitioner_key,
    la_code,
    return_year,
    period_end,
    supervision_date,
    case attended_code when 'Y' then true when 'N' then false end as is_attended
from supervisions
where row_from_last = 1
