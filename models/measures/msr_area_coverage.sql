-- One row per area of the region, return and period: how many authorities would send it.
with

measures as (

    select * from {{ ref('measures') }}

),

flagged as (

    select * from {{ ref('msr_flagged') }}

),

local_authorities as (

    select * from {{ ref('ref_local_authorities') }}

),

region_areas as (

    select * from {{ ref('region_areas') }}

),

-- one authority may send what two of them share
sent_by_another as (

    select * from {{ ref('return_caveats') }}
    where kind = 'sent_by_another'

),

-- distinct: a period has as many rows as counts
periods as (

    select distinct
        measures.return_name,
        flagged.period_end
    from flagged
    inner join measures
        on flagged.measure_id = measures.measure_id

)

select
    region_areas.area_code,
    periods.return_name,
    periods.period_end,
    cast(count(*) as integer) as la_expected
from region_areas
inner join local_authorities
    on region_areas.region_code = local_authorities.region_code
inner join periods
    on
        year(periods.period_end) between
        coalesce(local_authorities.first_year, 0) and coalesce(local_authorities.last_year, 9999)
left join sent_by_another
    on
        local_authorities.la_code = sent_by_another.la_code
        and periods.return_name = sent_by_another.return_name
        and year(periods.period_end) between
        sent_by_another.first_year and coalesce(sent_by_another.last_year, 9999)
where sent_by_another.la_code is null
group by region_areas.area_code, periods.return_name, periods.period_end
