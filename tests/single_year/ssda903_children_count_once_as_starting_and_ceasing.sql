-- What it finds: a child counted more than once in a year as starting, or as ceasing, to be looked
-- after; a short break that is counted as either; a counted start that is not known.
-- When it matters: the numbers of children starting and ceasing would be too high.
-- How to resolve it: the flags are made in int_ssda903__periods_of_care; mend the order there.
with

periods as (

    select * from {{ ref('year_ssda903__periods_of_care') }}

)

select
    child_year_key,
    count(*) filter (where is_first_start_in_year) as start_count,
    count(*) filter (where is_last_end_in_year) as end_count,
    count(*) filter (
        where
        is_short_break and (is_first_start_in_year or is_last_end_in_year)
        or is_first_start_in_year and not is_start_known
    ) as wrongly_counted
from periods
group by child_year_key
having
    count(*) filter (where is_first_start_in_year) > 1
    or count(*) filter (where is_last_end_in_year) > 1
    or count(*) filter (
        where
        is_short_break and (is_first_start_in_year or is_last_end_in_year)
        or is_first_start_in_year and not is_start_known
    ) > 0
