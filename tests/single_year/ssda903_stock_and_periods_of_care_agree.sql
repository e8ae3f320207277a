-- What it finds: a child whom one table has as looked after at 31 March and the other has not, the
-- tables being looked_after_at_year_end and the periods of care that began by that day and had not
-- ended by it.
-- When it matters: stock and flow would not add up from one year to the next.
-- How to resolve it: both come from the spells of int_ssda903__spells; look for a join that drops
-- or doubles rows. A gap inside a period of care that lies over 31 March is in the return itself,
-- and is left out here.
with

looked_after as (

    select child_year_key
    from {{ ref('year_ssda903__looked_after_at_year_end') }}

),

open_periods as (

    select child_year_key
    from {{ ref('year_ssda903__periods_of_care') }}
    where not is_short_break and {{ open_at('start_date', 'end_date', year_end()) }}

),

with_later_starts as (

    select child_year_key
    from {{ ref('year_ssda903__episodes') }}
    where start_date > {{ year_end() }}

)

select coalesce(looked_after.child_year_key, open_periods.child_year_key) as child_year_key
from looked_after
full outer join open_periods
    on looked_after.child_year_key = open_periods.child_year_key
where
    (looked_after.child_year_key is null or open_periods.child_year_key is null)
    and coalesce(looked_after.child_year_key, open_periods.child_year_key) not in (
        select with_later_starts.child_year_key from with_later_starts
    )
