{# True or false from the four spellings of an XML boolean (0, 1, true, false), in any case;
   null for anything else. #}
{% macro as_boolean(column) -%}
    case {{ as_code(column) }}
        when '1' then true
        when 'TRUE' then true
        when '0' then false
        when 'FALSE' then false
    end
{%- endmacro %}
