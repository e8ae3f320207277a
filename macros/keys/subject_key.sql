{# The pseudonym, within one authority, of somebody or something that is no child: an adopter, a
   family. A row without a reference gets a key of its own. #}
{% macro subject_key(kind, reference) -%}
    {{ hmac(
        "'" ~ kind ~ "|' || la_code || '|' || coalesce("
        ~ clean_id(reference)
        ~ ", '?' || period_end || '|' || source_file || '|' || record_number)"
    ) }}
{%- endmacro %}
