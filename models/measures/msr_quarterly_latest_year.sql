-- One row per quarterly indicator and authority that has a figure of a year of (nearly) the same.
with

indicators as (

    select * from {{ ref('quarterly_indicators') }}
    where annual_measure_id is not null

),

measures as (

    select * from {{ ref('measures') }}

),

counted as (

    select
        *,
        -- the latest period of each measure stands
        row_number() over (
            partition by measure_id, la_code order by period_end desc
        ) as row_from_latest
    from {{ ref('msr_all') }}
    where breakdown = 'all' and period_type = 'year'

)

select
    indicators.indicator_id,
    counted.la_code,
    indicators.annual_measure_id,
    measures.measure_name,
    counted.period_end,
    counted.numerator,
    counted.denominator
from indicators
inner join counted
    on indicators.annual_measure_id = counted.measure_id
inner join measures
    on indicators.annual_measure_id = measures.measure_id
where counted.row_from_latest = 1
