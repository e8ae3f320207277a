-- One row per child and return year: placements and social workers in the year.
with

placements as (

    select
        child_year_key,
        count(*) filter (where is_counted_in_year) as placement_count_in_year
    from {{ ref('year_ssda903__placements') }}
    group by child_year_key

),

social_workers as (

    select
        child_year_key,
        count(distinct social_worker_key) filter (where touches_year) as social_worker_count_in_year
    from {{ ref('year_ssda903__social_worker_episodes') }}
    group by child_year_key

),

children as (

    select * from {{ ref('year_ssda903__children') }}

)

select
    children.child_year_key,
    children.has_short_break_in_year,
    coalesce(placements.placement_count_in_year, 0) as placement_count_in_year,
    social_workers.social_worker_count_in_year
from children
left join placements
    on children.child_year_key = placements.child_year_key
left join social_workers
    on children.child_year_key = social_workers.child_year_key
