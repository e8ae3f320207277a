-- One row per child protection plan and day of a review conference, in one return year.
with

reviews as (

    select * from {{ ref('stg_cin__cpp_reviews') }}

),

plans as (

    select * from {{ ref('int_cin__child_protection_plans') }}

)

-- distinct: the same day may be sent twice for one plan
select distinct
    plans.cp_plan_key,
    reviews.child_year_key,
    reviews.child_key,
    reviews.la_code,
    reviews.return_year,
    reviews.review_date,
    {{ in_year('reviews.review_date', 'reviews.return_year') }} as is_held_in_year
from reviews
left join plans
    on
        reviews.la_code = plans.la_code
        and reviews.return_year = plans.return_year
        and reviews.source_file = plans.source_file
        and reviews.parent_row = plans.source_row
where reviews.review_date is not null
