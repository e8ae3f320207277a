{# Completed years of age on a day. Someone born on 29 February has a birthday on 1 March in
   common years. Null before birth, or where either date is missing. #}
{% macro age_at(birth_date, day) -%}
    case
        when {{ day }} >= {{ birth_date }}
            then
                year({{ day }}) - year({{ birth_date }})
                - cast(strftime({{ day }}, '%m%d') < strftime({{ birth_date }}, '%m%d') as integer)
    end
{%- endmacro %}
