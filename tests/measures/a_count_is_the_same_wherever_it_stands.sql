-- A denominator that the register says is another measure's count is that count.
select
    msr_all.measure_id,
    msr_all.la_code,
    msr_all.period_end,
    msr_all.breakdown,
    msr_all.breakdown_value,
    msr_all.denominator,
    counted.numerator
from {{ ref('msr_all') }} as msr_all
inner join {{ ref('measures') }} as measures
    on msr_all.measure_id = measures.measure_id
inner join {{ ref('msr_all') }} as counted
    on
        measures.denominator_count = counted.measure_id
        and msr_all.la_code = counted.la_code
        and msr_all.period_end = counted.period_end
        and case when measures.split_by is null then msr_all.breakdown else 'all' end
        = counted.breakdown
        and case when measures.split_by is null then msr_all.breakdown_value else 'all' end
        = counted.breakdown_value
where msr_all.denominator is distinct from counted.numerator
