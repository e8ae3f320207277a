-- One row per count that may be shown, authority, period, breakdown and breakdown value.
with

measures as (

    select * from {{ ref('measures') }}

),

msr_all as (

    select * from {{ ref('msr_all') }}

),

registered as (

    select
        msr_all.*,
        measures.counted_as,
        measures.adds_up,
        measures.unit,
        case when measures.unit != 'rate' then measures.denominator_count end as denominator_count,
        -- what divides a count up has the whole of it below the line
        case when measures.split_by is null then msr_all.breakdown else 'all' end
            as denominator_breakdown,
        case when measures.split_by is null then msr_all.breakdown_value else 'all' end
            as denominator_breakdown_value,
        max(case when msr_all.breakdown = 'all' then msr_all.numerator end)
            over (partition by msr_all.measure_id, msr_all.la_code, msr_all.period_end) as total
    from msr_all
    inner join measures
        on msr_all.measure_id = measures.measure_id

),

shown as (

    select
        counted_as as count_id,
        la_code,
        period_end,
        breakdown,
        breakdown_value,
        adds_up,
        numerator as cell_count,
        -- the rest of a percentage is known where its two counts are; of a total of 0 all is 0
        {{ is_small('numerator') }}
        or (unit = 'percent' and total != 0 and {{ is_small('denominator - numerator') }})
        -- what an average is made of is of as few people as the average is
        or (unit = 'average' and {{ is_small('denominator') }}) as is_small
    from registered
    where unit != 'median'
    union all
    select
        denominator_count as count_id,
        la_code,
        period_end,
        denominator_breakdown as breakdown,
        denominator_breakdown_value as breakdown_value,
        adds_up,
        denominator as cell_count,
        -- a median of few is close to what one of them has
        {{ is_small('denominator') }} or (unit = 'median' and denominator between 1 and 10)
            as is_small
    from registered
    where denominator_count is not null

)

-- One count may stand in several measures: it is the same there, and hidden in all or none. A 0
-- that one of them leaves out is known to all, and can hide nothing.
select
    {{ cell_key('count_id') }} as cell_key,
    count_id,
    la_code,
    period_end,
    breakdown,
    breakdown_value,
    max(cell_count) as cell_count,
    bool_and(adds_up) as adds_up,
    bool_or(is_small) as is_small
from shown
group by count_id, la_code, period_end, breakdown, breakdown_value
qualify
    max(cell_count) != 0
    or count(*)
    = max(count(*)) over (partition by count_id, la_code, period_end, breakdown)
