{# A moment written as YYYY-MM-DDThh:mm:ss, with or without a fraction and a zone, or as the
   Department's own export has it, YYYY-Mon-DD hh:mm:ss; null where it is not one. #}
{% macro as_datetime(column) -%}
    coalesce(
        try_cast({{ clean(column) }} as timestamptz),
        cast(try_strptime({{ clean(column) }}, '%Y-%b-%d %H:%M:%S') as timestamptz)
    )
{%- endmacro %}
