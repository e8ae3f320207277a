-- One row per booking of a child at a club in one return year.
with

bookings as (

    select
        *,
        -- A booking that is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by booking_key, return_year order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_holiday_clubs__bookings') }}

),

days as (

    select
        booking_key,
        return_year,
        count(distinct day_date) as day_count, -- distinct: a day that is sent twice is one day
        count(distinct day_date) filter (where meal_code = 'H') as hot_meal_day_count
    from {{ ref('stg_holiday_clubs__days') }}
    group by booking_key, return_year

),

clubs as (

    select
        club_key,
        return_year,
        max(place_count) as place_count
    from {{ ref('stg_holiday_clubs__clubs') }}
    group by club_key, return_year

)

select
    bookings.booking_key,
    bookings.club_key,
    bookings.child_year_key,
    bookings.child_key,
    bookings.la_code,
    bookings.return_year,
    {{ age_at('bookings.birth_date', year_end('bookings.return_year')) }} as age_at_year_end,
    clubs.place_count as club_place_count,
    coalesce(days.day_count, 0) as day_count,
    coalesce(days.hot_meal_day_count, 0) as hot_meal_day_count
from bookings
left join days
    on
        bookings.booking_key = days.booking_key
        and bookings.return_year = days.return_year
left join clubs
    on
        bookings.club_key = clubs.club_key
        and bookings.return_year = clubs.return_year
where bookings.row_from_last = 1
