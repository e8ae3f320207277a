{# What names a row of a SEN2 return: the id of its table in a CSV export, else its file and place
   there. With row='parent_row', and the id of the table above, it names the row that a row hangs
   from. #}
{% macro row_link(table_id, row='source_row') -%}
    coalesce('id ' || {{ clean(table_id) }}, source_file || ' row ' || {{ row }})
{%- endmacro %}
