-- One row per measure, local authority, period, breakdown and breakdown value.
with

measures as (

    select * from {{ ref('measures') }}

),

counted as (

    select * from {{ ref('msr_counted') }}

),

returns as (

    select * from {{ ref('msr_returns') }}

),

populations as (

    select * from {{ ref('ref_population') }}

),

-- A measure that divides another up has that one's count as numerator, its total as denominator.
shares as (

    select
        measures.measure_id,
        counted.la_code,
        counted.period_end,
        counted.breakdown,
        counted.breakdown_value,
        counted.numerator,
        totals.numerator as denominator
    from measures
    inner join counted
        on
            measures.counted_as = counted.measure_id
            and counted.breakdown in (measures.split_by, 'all')
    inner join counted as totals
        on
            counted.measure_id = totals.measure_id
            and counted.la_code = totals.la_code
            and counted.period_end = totals.period_end
            and totals.breakdown = 'all'
    where measures.split_by is not null

),

every_measure as (

    select * from counted
    union all
    select * from shares

)

select
    every_measure.measure_id,
    every_measure.la_code,
    returns.period_type,
    every_measure.period_end,
    every_measure.breakdown,
    every_measure.breakdown_value,
    every_measure.numerator,
    case
        when measures.unit != 'rate' then every_measure.denominator
        -- population is known for all only
        when every_measure.breakdown = 'all' then cast(populations.population as decimal(18, 6))
    end as denominator
from every_measure
inner join measures
    on every_measure.measure_id = measures.measure_id
inner join returns
    on
        measures.return_name = returns.return_name
        and every_measure.la_code = returns.la_code
        and every_measure.period_end = returns.period_end
left join populations
    on
        every_measure.la_code = populations.la_code
        and returns.return_year = populations.return_year
        and measures.denominator_count = populations.population_id
where returns.return_year >= measures.first_year
