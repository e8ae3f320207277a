-- One row per care leaver in the return (OC3).
with

care_leavers as (

    select * from {{ ref('int_ssda903__care_leavers') }}

),

children as (

    select * from {{ ref('year_ssda903__children') }}

),

activities as (

    select * from {{ ref('group_ssda903__activity') }}

),

accommodations as (

    select * from {{ ref('group_ssda903__accommodation') }}

)

select
    care_leavers.child_year_key,
    care_leavers.child_key,
    care_leavers.la_code,
    care_leavers.return_year,
    care_leavers.age_at_birthday_in_year,
    care_leavers.age_group,
    care_leavers.is_in_cohort,
    care_leavers.in_touch_code,
    coalesce(care_leavers.in_touch_code = 'YES', false) as is_in_touch,
    care_leavers.activity_code,
    coalesce(activities.activity_group, 'Not known') as activity_group,
    coalesce(activities.is_eet, false) as is_eet,
    coalesce(activities.is_neet, false) as is_neet,
    coalesce(activities.is_eet or activities.is_neet, false) as is_activity_known,
    coalesce(activities.activity_group = 'Higher education', false) as is_in_higher_education,
    coalesce(activities.activity_group = 'Apprenticeship', false) as is_in_apprenticeship,
    care_leavers.accommodation_code,
    coalesce(accommodations.accommodation_group, 'Not known') as accommodation_group,
    coalesce(accommodations.is_suitable, false) as is_accommodation_suitable,
    coalesce(accommodations.is_unsuitable, false) as is_accommodation_unsuitable,
    -- A code that is blank or not listed is not known, and what is not known stays in.
    care_leavers.is_in_cohort and coalesce(accommodations.is_in_suitability_cohort, true)
        as is_in_suitability_cohort,
    coalesce(care_leavers.accommodation_code in ('Z1', 'Z2'), false) as is_staying_put,
    care_leavers.is_short_break_only,
    care_leavers.is_transferred,
    children.sex_code,
    children.ethnicity_group
from care_leavers
inner join children
    on care_leavers.child_year_key = children.child_year_key
left join activities
    on care_leavers.activity_code = activities.code
left join accommodations
    on care_leavers.accommodation_code = accommodations.code
