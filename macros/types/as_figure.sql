{# A published figure as a number: thousands may have commas, a per cent sign may follow. #}
{% macro as_figure(column) -%}
    try_cast(
        nullif(regexp_extract(
            replace({{ clean(column) }}, ',', ''), '^(-?\d*\.?\d+([eE][-+]?\d+)?)%?$', 1
        ), '') as double
    )
{%- endmacro %}
