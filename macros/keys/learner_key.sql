{# The pseudonym of a child or young person within one authority's SEN2 returns: by pupil number,
   else learner number, else name and date of birth. A person with none of these gets a key of their
   own. #}
{% macro learner_key() -%}
    {{ hmac(
        "'learner|' || la_code || '|' || coalesce('upn ' || "
        ~ clean_id('UPN')
        ~ ", 'uln ' || "
        ~ clean_id('UniqueLearnerNumber')
        ~ ", 'name ' || upper(Surname) || '|' || upper(Forename) || '|' || "
        ~ as_date('PersonBirthDate')
        ~ ", '?' || return_year || '|' || source_file || '|' || source_row)"
    ) }}
{%- endmacro %}
