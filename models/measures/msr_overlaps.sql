-- One row per count and a count of another return that is nearly a part of it.
with

measure_overlaps as (

    select * from {{ ref('measure_overlaps') }}

),

cells as (

    select * from {{ ref('msr_cells') }}

),

found as (

    select
        measure_overlaps.part_id,
        measure_overlaps.parts,
        part_cells.cell_key,
        wholes.cell_key as total_key
    from measure_overlaps
    inner join cells as wholes
        on measure_overlaps.total_id = wholes.count_id
    inner join cells as part_cells
        on
            measure_overlaps.part_id = part_cells.count_id
            and wholes.la_code = part_cells.la_code
            and wholes.breakdown = part_cells.breakdown
            and wholes.breakdown_value = part_cells.breakdown_value
            and wholes.period_end >= part_cells.period_end
            and case measure_overlaps.months
                when 0 then wholes.period_end
                -- the half year to 30 September begins with April: 31 March is not in it
                when 6 then date_trunc('month', wholes.period_end) - interval 5 month
                else date_trunc('month', wholes.period_end) - interval 11 month
            end <= part_cells.period_end

)

select
    concat_ws('|', 'overlaps', part_id, total_key) as sum_key,
    cell_key,
    total_key
from found
-- three quarters tell nothing of the fourth
qualify count(*) over (partition by part_id, total_key) = parts
