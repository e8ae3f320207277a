-- Thursday 28 March 2024 to Tuesday 2 April 2024: Good Friday, the weekend and Easter Monday lie
-- between, so that one working day (the Tuesday) is counted. Worked out by hand from a calendar.
with

numbered as (

    select
        max(working_day_number) filter (where day_date = date '2024-03-28') as first_number,
        max(working_day_number) filter (where day_date = date '2024-04-02') as last_number
    from {{ ref('ref_working_days') }}

)

select *
from numbered
where last_number - first_number is distinct from 1
