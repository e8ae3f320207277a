{# What it finds: a table of the children in need census whose rows in one authority's year are
   more or fewer than those that were sent.
   When it matters: always; a join has dropped or multiplied rows.
   How to resolve it: mend the join of the model named; each parent must be one row. #}
{{ config(group='cin') }}

with

{% set tables = {
    'cin_details': 'episodes',
    'assessments': 'assessments',
    'cin_plan_dates': 'cin_plans',
    'section_47': 'section_47s',
    'child_protection_plans': 'child_protection_plans',
} %}

counted as (

    {% for sent, kept in tables.items() %}
        select
            '{{ kept }}' as table_name,
            la_code,
            return_year,
            1 as rows_sent,
            0 as rows_kept
        from {{ ref('stg_cin__' ~ sent) }}
        union all
        select
            '{{ kept }}' as table_name,
            la_code,
            return_year,
            0 as rows_sent,
            1 as rows_kept
        from {{ ref('year_cin__' ~ kept) }}
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
