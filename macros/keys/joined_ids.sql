{# Several references as one, for what is numbered within something else, such as the offences of a
   child; null where one of them is missing. #}
{% macro joined_ids(columns) -%}
    {%- for column in columns -%}
        {{ clean_id(column) }}{{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
