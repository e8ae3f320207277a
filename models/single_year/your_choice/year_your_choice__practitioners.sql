-- One row per practitioner in one extract.
with

practitioners as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by practitioner_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_your_choice__practitioners') }}

)

select
    practitioner_key,
    la_code,
    return_year,
    period_end,
    training_completed_date,
    coalesce(training_completed_date <= period_end, false) as is_trained
from practitioners
where row_from_last = 1
