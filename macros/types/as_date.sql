{# A date written as YYYY-MM-DD, DD/MM/YYYY or, as the Department's own export has it, YYYY-Mon-DD,
   with or without a time of day after it; null where it is none of these, or is a day that does
   not exist. Day comes before month, as in every statutory return. #}
{% macro as_date(column) -%}
    cast(coalesce(
        try_strptime(regexp_extract(
            {{ clean(column) }}, '^(\d{4}-\d{1,2}-\d{1,2})([T ][0-9:.]+(Z|[+-]\d{2}:\d{2})?)?$', 1
        ), '%Y-%m-%d'),
        try_strptime(regexp_extract(
            {{ clean(column) }}, '^(\d{1,2}/\d{1,2}/\d{4})( [0-9:.]+)?$', 1
        ), '%d/%m/%Y'),
        try_strptime(regexp_extract(
            {{ clean(column) }}, '^(\d{4}-[A-Za-z]{3}-\d{1,2})( [0-9:.]+)?$', 1
        ), '%Y-%b-%d')
    ) as date)
{%- endmacro %}
