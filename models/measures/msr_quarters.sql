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

quarters as (

    {% for months in [2, 5, 8, 11] %}
        select
            return_name,
            la_code,
            return_year,
            cast(last_day(first_day + interval {{ months }} month) as date) as period_end,
            has_previous_return
        from first_days
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    return_name,
    la_code,
    return_year,
    period_end,
    has_previous_return
from quarters
