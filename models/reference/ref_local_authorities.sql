-- One row per English local authority with children's services, now or in an earlier year.
with

local_authorities as (

    select * from {{ ref('local_authorities') }}

),

region_areas as (

    select * from {{ ref('region_areas') }}

)

select
    local_authorities.la_code,
    local_authorities.dfe_la_code,
    local_authorities.la_name,
    local_authorities.region_code,
    local_authorities.region_name,
    local_authorities.first_year,
    local_authorities.last_year,
    region_areas.area_code is not null as is_in_region
from local_authorities
left join region_areas
    on
        local_authorities.region_code = region_areas.region_code
        and region_areas.area_type = 'region'
