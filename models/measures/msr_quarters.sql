-- One row per return, authority and quarter that the return covers.
with

returns as (

    select * from {{ ref('msr_returns') }}

),

first_days as (

    select
        return_name,
        la_code,
        return_year,
        has_previous_return,
        -- SEN2 of a year tells of the calendar year before
        case
            when return_name = 'sen2' then make_date(return_year - 1, 1, 1)
            else {{ year_start() }}
        end as first_day
    from returns
    where return_name in ('cin', 'ssda903', 'sen2')

),

quarters_of_a_year as (

    {% for quarter in [1, 2, 3, 4] %}
        select {{ quarter }} as quarter_of_year
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    first_days.return_name,
    first_days.la_code,
    first_days.return_year,
    cast(last_day({{
        dbt.dateadd('month', '(3 * quarters_of_a_year.quarter_of_year - 1)', 'first_days.first_day')
    }}) as date) as period_end,
    first_days.has_previous_return
from first_days
cross join quarters_of_a_year
