-- One row per return, local authority and period that it was sent for.
{% set period_types = {
    'annex_a': 'snapshot',
    'annex_a_send': 'snapshot',
    'quarterly': 'quarter',
    'youth_justice': 'quarter',
    'early_help': 'quarter',
    'plo': 'quarter',
    'your_choice': 'quarter',
    'care_leavers_compact': 'snapshot',
    'covid_weekly': 'week',
} %}
with

cin_children as (

    select * from {{ ref('year_cin__children') }}

),

ssda903_children as (

    select * from {{ ref('year_ssda903__children') }}

),

csww_authorities as (

    select * from {{ ref('year_csww__authorities') }}

),

sen2_authorities as (

    select * from {{ ref('year_sen2__authorities') }}

),

load_log as (

    select * from {{ ref('load_log') }}
    where is_current

),

-- distinct: an authority and year has as many rows as children
years_sent as (

    select distinct
        'cin' as return_name,
        la_code,
        return_year
    from cin_children
    union all
    select distinct
        'ssda903' as return_name,
        la_code,
        return_year
    from ssda903_children
    union all
    select
        'csww' as return_name,
        la_code,
        return_year
    from csww_authorities
    union all
    select
        'sen2' as return_name,
        la_code,
        return_year
    from sen2_authorities

),

-- of a return that is of a day each table may be sent or not
days_sent as (

    select
        return_name,
        case return_name
            {% for return_name, period_type in period_types.items() %}
                when '{{ return_name }}' then '{{ period_type }}'
            {% endfor %}
        end as period_type,
        la_code,
        return_year,
        period_end,
        flatten(list(map_keys(table_rows))) as tables_sent
    from load_log
    group by return_name, la_code, return_year, period_end

)

select
    return_name,
    'year' as period_type,
    la_code,
    return_year,
    {{ period_end() }} as period_end,
    cast(null as varchar[]) as tables_sent,
    coalesce(
        lag(return_year) over (partition by return_name, la_code order by return_year)
        = return_year - 1,
        false
    ) as has_previous_return
from years_sent
union all
select
    return_name,
    period_type,
    la_code,
    return_year,
    period_end,
    tables_sent,
    false as has_previous_return
from days_sent
where period_type is not null
