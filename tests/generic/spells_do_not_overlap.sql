{# What it finds: two spells of one owner that share a day (spells are half-open, an open end
   being null).
   When it matters: where a child can be in one state at a time only, such as one placement.
   How to resolve it: if authorities' files overlap, the model must settle it by a written
   rule; if they do not, the model's joins are at fault. #}
{% test spells_do_not_overlap(model, owner, start_date, end_date) %}

select *
from (
    select
        {{ owner }},
        {{ start_date }} as spell_start,
        {{ end_date }} as spell_end,
        lead({{ start_date }}) over (
            partition by {{ owner }} order by {{ start_date }}, {{ end_date }} nulls last
        ) as next_start
    from {{ model }}
) as spells
where next_start < coalesce(spell_end, date '9999-12-31')

{% endtest %}
