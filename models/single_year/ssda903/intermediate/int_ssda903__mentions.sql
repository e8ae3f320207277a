-- One row per row of any table: the child it names, and the birth date it gives (vault only).
select
    child_year_key,
    child_key,
    la_code,
    return_year,
    birth_date
from {{ ref('stg_ssda903__header') }}
union all
select
    child_year_key,
    child_key,
    la_code,
    return_year,
    cast(null as date) as birth_date
from {{ ref('stg_ssda903__episodes') }}
{% for table in [
    'uasc', 'oc2', 'oc3', 'ad1', 'placed_adoption', 'prev_perm', 'missing', 'reviews',
    'sw_episodes', 'dolo'
] -%}
    union all
    select
        child_year_key,
        child_key,
        la_code,
        return_year,
        birth_date
    from {{ ref('stg_ssda903__' ~ table) }}
{% endfor %}
