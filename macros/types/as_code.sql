{# A code in its listed form: trimmed, upper case, without the '.0' that a spreadsheet adds to
   digits, and with the leading zeros that one takes away where the code's width is known. #}
{% macro as_code(column, width=0) -%}
    {%- set code = "regexp_replace(upper(" ~ clean(column) ~ "), '^(\\d+)\\.0+$', '\\1')" -%}
    {%- if width -%}
        regexp_replace({{ code }}, '^\d{1,{{ width - 1 }}}$', lpad({{ code }}, {{ width }}, '0'))
    {%- else -%}
        {{ code }}
    {%- endif -%}
{%- endmacro %}
