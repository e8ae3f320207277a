{# An authority's child reference in one spelling: upper case, no white space, no '.0' from a
   spreadsheet. Leading zeros stay as they are: nothing says how many there were. #}
{% macro clean_id(column) -%}
    nullif(regexp_replace(regexp_replace(upper({{ column }}), '\s', '', 'g'), '^(\d+)\.0+$', '\1'), '')
{%- endmacro %}
