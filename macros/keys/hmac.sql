{# HMAC-SHA-256 (RFC 2104) of a text under the pepper, as 32 hex digits (its first 128 bits).
   The pepper is in two variables that loaders/dbt_plugin.py binds on each connection, so that
   no SQL text ever holds it. #}
{% macro hmac(text) -%}
    left(sha256(
        getvariable('opad')::blob
        || unhex(sha256(getvariable('ipad')::blob || encode({{ text }})))
    ), 32)
{%- endmacro %}
