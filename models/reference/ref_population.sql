-- One row per local authority and return year: the children aged 0 to 17 that a rate of that year
-- is reckoned on.
with

populations as (

    select * from {{ ref('population_0_to_17') }}

),

-- The Department used the estimate of its own release; a release older than the seed is read from
-- the oldest one in it.
chosen as (

    select
        la_code,
        mid_year + 1 as return_year,
        population,
        release_year
    from populations
    -- one estimate for each authority and year: the earliest release that came no sooner than the
    -- year itself
    qualify
        row_number() over (
            partition by la_code, mid_year
            order by release_year < mid_year + 1, release_year
        ) = 1

)

select
    la_code,
    return_year,
    cast(population as integer) as population_0_to_17,
    cast(release_year as integer) as release_year
from chosen
