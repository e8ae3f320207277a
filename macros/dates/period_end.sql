{# The last day of the period that a return of a year describes, by the name of the return: 30
   September for the workforce, the census day for SEN2, else 31 March. #}
{% macro period_end(return_name='return_name', year='return_year') -%}
    case {{ return_name }}
        when 'csww' then {{ workforce_day(year) }}
        when 'sen2' then {{ census_day(year) }}
        else {{ year_end(year) }}
    end
{%- endmacro %}
