{# A condition as a value of a breakdown. #}
{% macro yes_no(condition) -%}
    case {{ condition }} when true then 'Yes' when false then 'No' else 'Unknown' end
{%- endmacro %}
