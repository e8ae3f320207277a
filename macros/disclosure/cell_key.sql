{# The key of one count, wherever it is shown. #}
{% macro cell_key(count_id, breakdown='breakdown', breakdown_value='breakdown_value') -%}
    concat_ws('|', {{ count_id }}, la_code, period_end, {{ breakdown }}, {{ breakdown_value }})
{%- endmacro %}
