-- One row per day from 2010 to 2028, with a running count of working days.
with

bank_holidays as (

    select * from {{ ref('bank_holidays_england') }}

),

days as (

    select cast(day_at as date) as day_date
    from
        generate_series(
            timestamp '2010-01-01', timestamp '2028-12-31', interval 1 day
        ) as series (day_at)

)

select
    days.day_date,
    isodow(days.day_date) < 6 and bank_holidays.holiday_date is null as is_working_day,
    cast(count(*) filter (
        where isodow(days.day_date) < 6 and bank_holidays.holiday_date is null
    ) over (order by days.day_date) as integer) as working_day_number
from days
left join bank_holidays
    on days.day_date = bank_holidays.holiday_date
