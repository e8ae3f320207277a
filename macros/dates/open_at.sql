{# Whether a half-open spell (start <= day < end, open where there is no end) covers a day; false
   where it has no start. #}
{% macro open_at(start_date, end_date, day) -%}
    coalesce({{ start_date }} <= {{ day }} and coalesce({{ end_date }} > {{ day }}, true), false)
{%- endmacro %}
