-- One row per area of the region and period: how many authorities it has.
with

flagged as (

    select * from {{ ref('msr_flagged') }}

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}

),

region_areas as (

    select * from {{ ref('region_areas') }}

),

-- distinct: a period has as many rows as counts
periods as (

    select distinct period_end
    from flagged

)

select
    region_areas.area_code,
    periods.period_end,
    cast(count(*) as integer) as la_expected
from region_areas
inner join local_authorities
    on region_areas.region_code = local_authorities.region_code
inner join periods
    on
        year(periods.period_end) between
        coalesce(local_authorities.first_year, 0) and coalesce(local_authorities.last_year, 9999)
group by region_areas.area_code, periods.period_end
