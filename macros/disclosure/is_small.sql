{# Whether a count is so small that it could point at somebody: above 0 and 5 at most. 0 and null
   are not small. A sum of full-time equivalents above 5 is of more than five people. #}
{% macro is_small(count) -%}
    coalesce(abs({{ count }}) > 0 and abs({{ count }}) <= 5, false)
{%- endmacro %}
