{# The child_key of a row that may name a child of social care and need not; null where it names
   none. #}
{% macro child_key_if_known(child_id) -%}
    case when {{ clean_id(child_id) }} is not null then {{ child_key(child_id) }} end
{%- endmacro %}
