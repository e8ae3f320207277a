-- One row per local authority of the region, and per area that totals are published for.
with

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}
    where is_in_region

),

region_areas as (

    select * from {{ ref('region_areas') }}

),

-- distinct: an area stands once for each of the regions in it
areas as (

    select distinct
        area_code,
        area_name,
        area_type
    from region_areas

)

select
    la_code,
    dfe_la_code,
    la_name,
    'local_authority' as area_type,
    region_code as sub_region_code,
    region_name as sub_region_name
from local_authorities
union all
select
    area_code as la_code,
    cast(null as varchar) as dfe_la_code,
    area_name as la_name,
    area_type,
    case when area_type = 'sub_region' then area_code end as sub_region_code,
    case when area_type = 'sub_region' then area_name end as sub_region_name
from areas
