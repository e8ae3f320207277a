{# True for yes and false for no, as people write them in a list of choices; null for anything else,
   unknown too. #}
{% macro is_yes(code) -%}
    case
        when {{ code }} in ('YES', 'Y', '1', 'TRUE') then true
        when {{ code }} in ('NO', 'N', '0', 'FALSE') then false
    end
{%- endmacro %}
