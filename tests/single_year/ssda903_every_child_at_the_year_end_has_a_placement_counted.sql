-- What it finds: a child looked after at 31 March without a single placement counted in the year,
-- though the placement of that day is not a temporary one.
-- When it matters: the measure of three or more placements would miss placements.
-- How to resolve it: is_counted_in_year in year_ssda903__placements drops too much; the first
-- placement of a child in the year must always count.
with

looked_after as (

    select * from {{ ref('year_ssda903__looked_after_at_year_end') }}

)

select
    child_year_key,
    placement_key,
    placement_count_in_year
from looked_after
where not is_in_temporary_placement and placement_count_in_year = 0
