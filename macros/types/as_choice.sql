{# A choice from a list in its listed form: upper case, without the letter and bracket before it; of
   a code with its label after a colon or dash the code alone. 'b) PR1 - Own provision' is PR1,
   'a) Yes' is YES. #}
{% macro as_choice(column) -%}
    {%- set text = as_code("translate(" ~ column ~ ", '\u00a0\u2013\u2019', ' -''')") -%}
    regexp_replace(
        regexp_replace({{ text }}, '^[A-Z]{1,2}\d?\) ?', ''),
        '^([A-Z0-9]{1,4})(:| - ).*$', '\1'
    )
{%- endmacro %}
