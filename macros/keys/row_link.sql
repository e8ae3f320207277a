{# What names a row of a SEN2 return: the id of its table in a CSV export, else its file and place
   there. Of several rows with one id the furthest down has it, so that what hangs from it hangs from
   one row. With row='parent_row', and the id of the table above, it names the row that a row hangs
   from. #}
{% macro row_link(table_id, row='source_row') -%}
    {%- set id = clean(table_id) -%}
    {%- if row == 'source_row' -%}
        case
            when
                {{ id }} is not null
                and row_number() over (
                    partition by la_code, return_year, {{ id }}
                    order by source_file desc, source_row desc
                ) = 1
                then 'id ' || {{ id }}
            else source_file || ' row ' || source_row
        end
    {%- else -%}
        coalesce('id ' || {{ id }}, source_file || ' row ' || {{ row }})
    {%- endif -%}
{%- endmacro %}
