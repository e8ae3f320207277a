{# The pseudonym of a child within one authority and one return year. #}
{% macro child_year_key(child_id) -%}
    {{ hmac(
        "la_code || '|' || return_year || '|' || coalesce("
        ~ clean_id(child_id)
        ~ ", '?' || source_file || '|' || record_number)"
    ) }}
{%- endmacro %}
