{# What it finds: a table of the SSDA903 return whose rows in one authority's year are more or
   fewer than those that were sent, among the tables that keep every row.
   When it matters: always; a join has dropped or multiplied rows.
   How to resolve it: mend the join of the model named; a child must be one row in
   int_ssda903__children. #}
{{ config(group='ssda903') }}

with

{% set tables = {
    'episodes': 'episodes',
    'reviews': 'reviews',
    'missing': 'missing_incidents',
    'sw_episodes': 'social_worker_episodes',
} %}

counted as (

    {% for sent, kept in tables.items() %}
        select
            '{{ kept }}' as table_name,
            la_code,
            return_year,
            1 as rows_sent,
            0 as rows_kept
        from {{ ref('stg_ssda903__' ~ sent) }}
        union all
        select
            '{{ kept }}' as table_name,
            la_code,
            return_year,
            0 as rows_sent,
            1 as rows_kept
        from {{ ref('year_ssda903__' ~ kept) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    table_name,
    la_code,
    return_year,
    sum(rows_sent) as rows_sent,
    sum(rows_kept) as rows_kept
from counted
group by table_name, la_code, return_year
having sum(rows_sent) != sum(rows_kept)
