{# A code in its listed form: trimmed, upper case, without the '.0' that a spreadsheet adds to digits, and with the
   leading zeros that one takes away where the code's width is known. #}
{% macro as_code(column, width=0) -%}
    {%- set code = "regexp_replace(upper(" ~ clean(column) ~ "), '^(\d+)\.0+$', '\1')" -%}
    {%- if width -%}
    case
        when regexp_full_match({{ code }}, '\d{1,{{ width }}}') then lpad({{ code }}, {{ width }}, '0')
        else {{ code }}
    end
    {%- else -%}
    {{ code }}
    {%- endif -%}
{%- endmacro %}
