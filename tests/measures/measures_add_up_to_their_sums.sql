-- Parts add up to the sum in every authority, period and breakdown value: CIN-R1 = R3 + R4 + N2.
with

cells as (

    select * from {{ ref('msr_cells') }}

),

parts as (

    select
        sums.sum_key,
        sum(case when sums.is_total then cells.cell_count end) as total,
        sum(case when not sums.is_total then cells.cell_count end) as parts
    from {{ ref('msr_sums') }} as sums
    inner join cells
        on sums.cell_key = cells.cell_key
    -- what overlaps adds up nearly
    where not starts_with(sums.sum_key, 'overlaps')
    group by sums.sum_key

)

select *
from parts
where total is distinct from parts
