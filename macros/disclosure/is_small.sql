{# Whether a count is so small that it could point at a child: 1 to 5. 0 and null are not small. #}
{% macro is_small(count) -%}
    coalesce({{ count }} between 1 and 5, false)
{%- endmacro %}
