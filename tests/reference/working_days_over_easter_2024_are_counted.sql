-- Thursday 28 March 2024 to Tuesday 2 April 2024: Good Friday, the weekend and Easter Monday lie
-- between, so that one working day (the Tuesday) is counted. Worked out by hand from a calendar.
-- An empty calendar (`dbt build --empty`) has no days to count, and nothing to test.
with

working_days as (

    select * from {{ ref('ref_working_days') }}

),

numbered as (

    select
        max(working_day_number) filter (where day_date = date '2024-03-28') as first_number,
        max(working_day_number) filter (where day_date = date '2024-04-02') as last_number,
        count(*) as day_count
    from working_days

)

select *
from numbered
where
    day_count > 0
    and last_number - first_number is distinct from 1
