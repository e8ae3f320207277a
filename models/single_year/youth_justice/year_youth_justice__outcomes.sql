-- One row per outcome of an offence in the return of one quarter.
with

outcomes as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by outcome_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__outcomes') }}

)

select
    outcome_key,
    offence_key,
    yj_person_key,
    la_code,
    return_year,
    period_end,
    outcome_tier_code,
    outcome_date,
    order_end_date,
    {{ in_quarter('outcome_date') }} as is_in_quarter,
    case first_time_entrant_code when 'Y' then true when 'N' then false end
        as is_first_time_entrant
from outcomes
where row_from_last = 1
