-- One row per return, local authority and period that it was sent for.
{% set tables_of_years = {
    'cin': 'year_cin__children',
    'ssda903': 'year_ssda903__children',
    'csww': 'year_csww__authorities',
    'sen2': 'year_sen2__requests',
} %}

with

load_log as (

    select * from {{ ref('load_log') }}
    where is_current

),

-- distinct: an authority and year has as many rows as children
years_sent as (

    {% for return_name, table in tables_of_years.items() %}
        select distinct
            '{{ return_name }}' as return_name,
            la_code,
            return_year
        from {{ ref(table) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- what landed, where no table of the year says whether anybody is in it
others_sent as (

    select
        return_name,
        coalesce({{ period_type() }}, 'year') as period_type,
        la_code,
        return_year,
        period_end,
        flatten(list(map_keys(table_rows))) as tables_sent
    from load_log
    where
        return_name not in (
            {% for return_name in tables_of_years %}
                '{{ return_name }}'{{ ',' if not loop.last }}
            {% endfor %}
        )
    group by return_name, la_code, return_year, period_end

),

sent as (

    select
        return_name,
        'year' as period_type,
        la_code,
        return_year,
        {{ period_end() }} as period_end,
        cast(null as varchar[]) as tables_sent
    from years_sent
    union all
    select * from others_sent

)

select
    *,
    period_type = 'year' and coalesce(
        lag(return_year) over (partition by return_name, la_code order by return_year)
        = return_year - 1,
        false
    ) as has_previous_return
from sent
