{# Whether hidden counts can be worked out from their sum, when that sum is known: there is one of
   them only, or they must all be 0, all be 1 or all be 5. #}
{% macro gives_itself_away(hidden_cells, hidden_sum) -%}
    coalesce(
        {{ hidden_cells }} > 0
        and (
            {{ hidden_cells }} = 1
            or {{ hidden_sum }} = 0
            or {{ hidden_sum }} = {{ hidden_cells }}
            or {{ hidden_sum }} = 5 * {{ hidden_cells }}
        ),
        false
    )
{%- endmacro %}
