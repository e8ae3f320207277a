-- One row per child and return year with an episode: how the last time in care stands.
with

spells as (

    select * from {{ ref('int_ssda903__spells') }}

),

last_spells as (

    select
        child_year_key,
        bool_and(is_short_break) as is_short_break_only,
        last(reason_ceased_code order by start_date) filter (where not is_short_break)
            as reason_ceased_code
    from spells
    group by child_year_key

)

select
    child_year_key,
    is_short_break_only,
    coalesce(reason_ceased_code = 'E3', false) as is_transferred
from last_spells
