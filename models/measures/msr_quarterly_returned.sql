-- One row per quarterly indicator, authority and quarter, as the authority returned it.
with

measures as (

    select * from {{ ref('measures') }}

),

indicators as (

    select * from {{ ref('year_quarterly__indicators') }}

),

asked as (

    select * from {{ ref('quarterly_indicators') }}

),

-- A denominator that is another indicator's count is what was sent there.
returned as (

    select
        indicators.indicator_id,
        indicators.la_code,
        indicators.period_end,
        asked.is_denominator_asked,
        indicators.numerator,
        case
            when asked.is_denominator_asked
                then coalesce(counted.numerator, indicators.denominator)
        end as denominator
    from indicators
    inner join asked
        on indicators.indicator_id = asked.indicator_id
    inner join measures
        on indicators.indicator_id = measures.measure_id
    left join indicators as counted
        on
            measures.denominator_count = counted.indicator_id
            and indicators.la_code = counted.la_code
            and indicators.period_end = counted.period_end

)

-- a rate without its counts cannot be added to others
select
    indicator_id as measure_id,
    la_code,
    period_end,
    'all' as breakdown,
    'all' as breakdown_value,
    numerator,
    denominator
from returned
where
    numerator is not null
    and (denominator is not null or not is_denominator_asked)
