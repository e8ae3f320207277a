{# The pseudonym of a social worker within one authority: the same in every year. A row without a
   registration number gets a key of its own. #}
{% macro worker_key(swe_number) -%}
    {{ hmac(
        "'worker|' || la_code || '|' || coalesce("
        ~ clean_id(swe_number)
        ~ ", '?' || return_year || '|' || source_file || '|' || source_row)"
    ) }}
{%- endmacro %}
