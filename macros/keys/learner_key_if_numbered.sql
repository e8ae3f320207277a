{# The learner_key of a row that has a pupil number or a learner number; null where it has neither,
   so that people with a code or a word in place of a number never merge. #}
{% macro learner_key_if_numbered(upn, uln) -%}
    case
        when regexp_full_match({{ clean_id(upn) }}, '[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]')
            then {{ hmac("'learner|' || la_code || '|upn ' || " ~ clean_id(upn)) }}
        when regexp_full_match({{ clean_id(uln) }}, '[1-9]\d{9}')
            then {{ hmac("'learner|' || la_code || '|uln ' || " ~ clean_id(uln)) }}
    end
{%- endmacro %}
