{# Whether a worker is named: no name, and words that stand in for one, are nobody. #}
{% macro is_worker_named(worker) -%}
    coalesce(
        not regexp_matches(
            lower({{ worker }}),
            '^(un-?allocated|not allocated|no worker|none|n/?a|tbc|duty|vacant|unknown)\b'
        ),
        false
    )
{%- endmacro %}
