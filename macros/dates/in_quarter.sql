{# Whether a date lies in the quarter of a year that ends on a day, both ends included; false where
   there is no date. #}
{% macro in_quarter(day, quarter_end='period_end') -%}
    coalesce({{ day }} between date_trunc('quarter', {{ quarter_end }}) and {{ quarter_end }}, false)
{%- endmacro %}
