-- One row per count that must not be shown.
{% set passes = 12 %}

with

cells as (

    select * from {{ ref('msr_cells') }}

),

sums as (

    select * from {{ ref('msr_sums') }}

),

differences as (

    select * from {{ ref('measure_differences') }}

),

-- distinct: one count may be close to several
too_close as (

    select distinct
        case
            when differences.hidden_id = differences.larger_id then larger.cell_key
            else smaller.cell_key
        end as cell_key
    from differences
    inner join cells as larger
        on differences.larger_id = larger.count_id
    inner join cells as smaller
        on
            differences.smaller_id = smaller.count_id
            and larger.la_code = smaller.la_code
            and larger.period_end = smaller.period_end
            and larger.breakdown = smaller.breakdown
            and larger.breakdown_value = smaller.breakdown_value
    where {{ is_small('larger.cell_count - smaller.cell_count') }}

),

pass_0 as (

    select
        cells.cell_key,
        cells.cell_count,
        cells.is_small or too_close.cell_key is not null as is_hidden
    from cells
    left join too_close
        on cells.cell_key = too_close.cell_key

),

-- Hiding one count may give another away: again, until none does.
{% for pass in range(1, passes + 1) %}
    pass_{{ pass }} as materialized (

        {{ hide_one_more('pass_' ~ (pass - 1)) }}

    ),
{% endfor %}

hidden as (

    select * from pass_{{ passes }}
    where is_hidden

)

select
    cell_key,
    cell_count
from hidden
