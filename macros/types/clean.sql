{# The text without surrounding white space; null where nothing is left. #}
{% macro clean(column) -%}
    nullif(trim(regexp_replace({{ column }}, '\s+', ' ', 'g')), '')
{%- endmacro %}
