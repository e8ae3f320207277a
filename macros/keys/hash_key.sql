{# A surrogate key: one hash of the columns that name a row. Only for columns that are pseudonyms
   already, or that identify nobody; whatever identifies a child goes through hmac instead. #}
{% macro hash_key(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set _ = parts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
    {%- endfor -%}
    md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}
