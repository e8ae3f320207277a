{# One row per indicator, authority and quarter of a return that was sent. `things` is a relation
   that is there, joined to a relation called quarters by authority and year; `key` names what is
   counted, each once. A rule has `counted`, a condition that may name quarters.period_end, and
   perhaps `of_which`: with it the numerator, the counted being the denominator. `only` says for
   which quarters it can be told. #}
{% macro count_by_quarter(return_name, things, key, rules) -%}
    {% for indicator_id, rule in rules.items() %}
        select
            '{{ indicator_id }}' as indicator_id,
            quarters.la_code,
            quarters.return_year,
            quarters.period_end,
            cast(count(distinct case
                when ({{ rule['counted'] }}) and ({{ rule.get('of_which', 'true') }})
                    then {{ things }}.{{ key }}
            end) as decimal(18, 6)) as numerator,
            {% if 'of_which' in rule %}
                cast(count(distinct case
                    when {{ rule['counted'] }} then {{ things }}.{{ key }}
                end) as decimal(18, 6)) as denominator
            {% else %}
                cast(null as decimal(18, 6)) as denominator
            {% endif %}
        from quarters
        left join {{ things }}
            on
                quarters.la_code = {{ things }}.la_code
                and quarters.return_year = {{ things }}.return_year
        where quarters.return_name = '{{ return_name }}' and {{ rule.get('only', 'true') }}
        group by quarters.la_code, quarters.return_year, quarters.period_end
        {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
