{# The pseudonym of a child within one authority: the same in every year and return in which
   the authority uses the same child reference. A row without a reference gets a key of its
   own, so that such children never merge. #}
{% macro child_key(child_id) -%}
    {{ hmac(
        "la_code || '|' || coalesce("
        ~ clean_id(child_id)
        ~ ", '?' || return_year || '|' || source_file || '|' || record_number)"
    ) }}
{%- endmacro %}
