{# The group that a placement of SEN2 belongs to: by the number of an establishment, else by that of
   a provider, else by the arrangement. Which kind of school a number is of, only the register of
   establishments says; a table of it would be joined here. #}
{% macro sen2_placement_group() -%}
    case
        when urn is not null then 'School or college'
        when ukprn is not null then 'Further education'
        else coalesce(setting_group, 'Not recorded')
    end
{%- endmacro %}
