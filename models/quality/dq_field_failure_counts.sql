-- One row per authority, return, year, table, field and rule that fails: how often, of how many.
with

field_failures as (

    select * from {{ ref('field_failures') }}

),

load_log as (

    select * from {{ ref('load_log') }}

),

counted as (

    select
        la_code,
        return_name,
        return_year,
        period_end,
        table_name,
        column_name,
        rule,
        count(*) as failures
    from field_failures
    group by la_code, return_name, return_year, period_end, table_name, column_name, rule

),

file_tables as (

    select
        la_code,
        return_name,
        period_end,
        unnest(map_keys(table_rows)) as table_name,
        unnest(map_values(table_rows)) as landed_rows
    from load_log
    where is_current

),

checked as (

    select
        la_code,
        return_name,
        period_end,
        table_name,
        cast(sum(landed_rows) as bigint) as rows_checked
    from file_tables
    group by la_code, return_name, period_end, table_name

)

select
    counted.la_code,
    counted.return_name,
    counted.return_year,
    counted.period_end,
    counted.table_name,
    counted.column_name,
    counted.rule,
    counted.failures,
    checked.rows_checked,
    {{ rate('counted.failures', 'checked.rows_checked', 100) }} as failure_rate
from counted
left join checked
    on
        counted.la_code = checked.la_code
        and counted.return_name = checked.return_name
        and counted.period_end = checked.period_end
        and counted.table_name = checked.table_name
