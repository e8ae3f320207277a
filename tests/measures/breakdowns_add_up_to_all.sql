-- The values of a breakdown add up to the measure, wherever the register says that they do.
with

parts as (

    select
        msr_all.measure_id,
        msr_all.la_code,
        msr_all.period_end,
        msr_all.breakdown,
        sum(msr_all.numerator) as numerator
    from {{ ref('msr_all') }} as msr_all
    inner join {{ ref('measures') }} as measures
        on msr_all.measure_id = measures.measure_id
    where
        measures.adds_up
        -- medians do not add up, though what they are of does
        and measures.unit != 'median'
        and msr_all.breakdown != 'all'
    group by msr_all.measure_id, msr_all.la_code, msr_all.period_end, msr_all.breakdown

)

select parts.*
from parts
inner join {{ ref('msr_all') }} as totals
    on
        parts.measure_id = totals.measure_id
        and parts.la_code = totals.la_code
        and parts.period_end = totals.period_end
        and totals.breakdown = 'all'
where parts.numerator != totals.numerator
