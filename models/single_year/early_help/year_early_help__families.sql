-- One row per family in one extract.
with

families as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by eh_family_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_early_help__families') }}

)

select
    eh_family_key,
    la_code,
    return_year,
    period_end,
    family_member_count
from families
where row_from_last = 1
