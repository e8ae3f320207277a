-- One row per local authority, return year and age range: the people whom a rate of that year is
-- reckoned on.
with

children as (

    select * from {{ ref('population_0_to_17') }}

),

by_age as (

    select * from {{ ref('population_by_age') }}

),

-- distinct: a mid-year stands in several releases
years as (

    select distinct mid_year + 1 as return_year
    from children

),

-- The Department used the estimate of its own release; a release older than the seed is read from
-- the oldest one in it.
of_the_department as (

    select
        la_code,
        mid_year + 1 as return_year,
        'population 0 to 17' as population_id,
        population,
        mid_year,
        release_year
    from children
    -- one estimate for each authority and year: the earliest release that came no sooner than the
    -- year itself
    qualify
        row_number() over (
            partition by la_code, mid_year
            order by release_year < mid_year + 1, release_year
        ) = 1

),

-- other ages have fewer years: the latest one that is over stands
of_other_ages as (

    select
        by_age.la_code,
        years.return_year,
        'population ' || by_age.age_range as population_id,
        by_age.population,
        by_age.mid_year,
        cast(null as integer) as release_year
    from years
    inner join by_age
        on years.return_year > by_age.mid_year
    qualify
        row_number() over (
            partition by by_age.la_code, years.return_year, by_age.age_range
            order by by_age.mid_year desc
        ) = 1

),

chosen as (

    select * from of_the_department
    union all
    select * from of_other_ages

)

select
    la_code,
    return_year,
    population_id,
    population,
    mid_year,
    release_year
from chosen
