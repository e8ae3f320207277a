{# A folder's schema is used as it is written in dbt_project.yml, with no prefix. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{- custom_schema_name or target.schema -}}
{% endmacro %}
