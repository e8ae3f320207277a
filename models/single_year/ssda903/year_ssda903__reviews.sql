-- One row per review of a looked-after child, as returned.
with

reviews as (

    select
        *,
        -- Two reviews on a day are not barred: the ordinal keeps them apart.
        row_number() over (
            partition by child_year_key, review_date order by source_file, source_row
        ) as review_ordinal
    from {{ ref('stg_ssda903__reviews') }}

),

participation as (

    select * from {{ ref('group_ssda903__review_participation') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

)

select
    {{ hash_key(['reviews.child_year_key', 'reviews.review_date', 'reviews.review_ordinal']) }}
        as review_key,
    reviews.child_year_key,
    reviews.child_key,
    reviews.la_code,
    reviews.return_year,
    reviews.review_date,
    reviews.participation_code,
    coalesce(participation.participation_group, 'Unknown') as participation_group,
    case when participation.is_asked then participation.is_participation end as is_participation,
    {{ in_year('reviews.review_date', 'reviews.return_year') }} as is_in_year,
    reviews.review_ordinal > 1 as is_same_day_as_another,
    {{ age_at('coalesce(reviews.birth_date, children.birth_date)', 'reviews.review_date') }}
        as age_at_review
from reviews
inner join children
    on reviews.child_year_key = children.child_year_key
left join participation
    on reviews.participation_code = participation.code
