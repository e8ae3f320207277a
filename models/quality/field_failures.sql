-- One row per value that fails a check, without the child it is about.
with

field_failures as (

    select * from {{ source('quality', 'field_failures') }}

),

-- A value that could tell who the child is stays in the vault.
shown (
    la_code, return_name, return_year, period_end, table_name, source_file, source_row, source_line,
    column_name, rule, expected, value, is_value_withheld
) as (

    select
        la_code,
        return_name,
        return_year,
        period_end,
        table_name,
        source_file,
        source_row,
        source_line,
        column_name,
        rule,
        expected,
        case
            when privacy not in ('direct_identifier', 'indirect_identifier') then value
        end,
        privacy in ('direct_identifier', 'indirect_identifier')
    from field_failures

)

select
    la_code,
    return_name,
    return_year,
    period_end,
    table_name,
    column_name,
    rule,
    expected,
    value,
    is_value_withheld,
    source_file,
    source_line,
    source_row
from shown
