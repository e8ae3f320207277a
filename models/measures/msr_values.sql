-- One row per count and value of another count's breakdown that is a part of it.
with

measure_values as (

    select * from {{ ref('measure_values') }}

),

cells as (

    select * from {{ ref('msr_cells') }}

),

totals as (

    select * from cells
    where breakdown = 'all'

)

select
    concat_ws(
        '|',
        case when measure_values.is_exact then 'values' else 'overlaps values' end,
        measure_values.count_id,
        measure_values.breakdown,
        totals.cell_key
    ) as sum_key,
    cells.cell_key,
    totals.cell_key as total_key
from measure_values
inner join totals
    on measure_values.total_id = totals.count_id
inner join cells
    on
        measure_values.count_id = cells.count_id
        and measure_values.breakdown = cells.breakdown
        and measure_values.breakdown_value = cells.breakdown_value
        and totals.la_code = cells.la_code
        and totals.period_end = cells.period_end
