-- One row per sum of counts and count in it.
with

cells as (

    select * from {{ ref('msr_cells') }}

),

overlap_parts as (

    select * from {{ ref('msr_overlaps') }}

),

value_parts as (

    select * from {{ ref('msr_values') }}

),

measure_sums as (

    select * from {{ ref('measure_sums') }}

),

totals as (

    select * from cells
    where breakdown = 'all'

),

-- The values of a breakdown add up to all.
breakdown_parts as (

    select
        concat_ws('|', 'breakdown', cells.breakdown, totals.cell_key) as sum_key,
        cells.cell_key,
        totals.cell_key as total_key
    from cells
    inner join totals
        on
            cells.count_id = totals.count_id
            and cells.la_code = totals.la_code
            and cells.period_end = totals.period_end
    where
        cells.adds_up
        and cells.breakdown != 'all'

),

-- Some measures add up to another, in all and in each value of a breakdown.
measure_parts as (

    select
        case when measure_sums.is_exact then 'measures|' else 'overlaps|' end || sum_cells.cell_key
            as sum_key,
        part_cells.cell_key,
        sum_cells.cell_key as total_key
    from measure_sums
    inner join cells as sum_cells
        on measure_sums.total_id = sum_cells.count_id
    inner join cells as part_cells
        on
            measure_sums.part_id = part_cells.count_id
            and sum_cells.la_code = part_cells.la_code
            and sum_cells.period_end = part_cells.period_end
            and sum_cells.breakdown = part_cells.breakdown
            and sum_cells.breakdown_value = part_cells.breakdown_value

),

parts as (

    select * from breakdown_parts
    union all
    select * from measure_parts
    union all
    select * from overlap_parts
    union all
    select * from value_parts

)

select
    sum_key,
    cell_key,
    false as is_total
from parts
union all
-- distinct: a total has as many rows as parts
select distinct
    sum_key,
    total_key as cell_key,
    true as is_total
from parts
