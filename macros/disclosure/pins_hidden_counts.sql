{# Whether a rounded total gives hidden counts away to someone who takes the shown counts from it:
   only all 1 or only all 5 would round to the same total. #}
{% macro pins_hidden_counts(shown_sum, hidden_cells, hidden_sum) -%}
    coalesce(
        {{ hidden_cells }} > 0
        and (
            (
                {{ hidden_sum }} = {{ hidden_cells }}
                and {{ round_to_10(shown_sum ~ ' + ' ~ hidden_sum ~ ' + 1') }}
                != {{ round_to_10(shown_sum ~ ' + ' ~ hidden_sum) }}
            )
            or (
                {{ hidden_sum }} = 5 * {{ hidden_cells }}
                and {{ round_to_10(shown_sum ~ ' + ' ~ hidden_sum ~ ' - 1') }}
                != {{ round_to_10(shown_sum ~ ' + ' ~ hidden_sum) }}
            )
        ),
        false
    )
{%- endmacro %}
