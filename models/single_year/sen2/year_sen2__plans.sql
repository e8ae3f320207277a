-- One row per education, health and care plan, in one return year of SEN2.
with

plans as (

    select * from {{ ref('int_sen2__plans') }}

),

need_groups as (

    select * from {{ ref('group_sen2__need') }}

),

current_placements as (

    select * from {{ ref('year_sen2__placements') }}
    where is_current

),

named_placements as (

    select * from {{ ref('year_sen2__named_placements') }}
    where is_primary

),

aged as (

    select
        *,
        {{ census_day() }} as census_date,
        {{ age_at('birth_date', 'make_date(return_year - 1, 8, 31)') }} as age_at_31_august,
        {{ age_at('birth_date', 'start_date') }} as age_at_start,
        {{ age_at('birth_date', 'cease_date') }} as age_at_cease
    from plans

)

select
    {{ hash_key(['aged.request_key', 'aged.start_date', 'aged.same_day_ordinal']) }} as plan_key,
    aged.request_key,
    aged.learner_year_key,
    aged.learner_key,
    aged.la_code,
    aged.return_year,
    aged.sex_code,
    aged.ethnicity_group,
    aged.primary_need_code,
    coalesce(need_groups.need_group, 'Not recorded') as primary_need_group,
    coalesce(current_placements.placement_group, 'Not recorded') as placement_group,
    current_placements.urn as attended_urn,
    named_placements.urn as named_urn,
    coalesce(current_placements.residential_code, aged.residential_code) as residential_code,
    coalesce(current_placements.work_based_code, aged.work_based_code) as work_based_code,
    aged.direct_payment_code,
    aged.review_outcome_code,
    aged.cease_reason_code,
    aged.transferred_from,
    aged.start_date,
    aged.cease_date,
    aged.review_meeting_date,
    aged.review_decision_date,
    aged.phase_transfer_due_date,
    aged.phase_transfer_final_date,
    coalesce(aged.start_date <= aged.census_date, false)
    and coalesce(aged.cease_date >= aged.census_date, true) as is_in_force,
    {{ in_calendar_year_before('aged.start_date', 'aged.return_year') }}
    and aged.transferred_from is null
    and coalesce(aged.assessment_outcome_code, '') != 'H' as is_new,
    {{ in_calendar_year_before('aged.cease_date', 'aged.return_year') }} as is_ceased_in_year,
    aged.has_personal_budget,
    aged.has_organised_arrangements,
    coalesce(aged.start_date + interval 12 month < aged.census_date, false) as is_review_expected,
    cast(aged.age_at_31_august as integer) as age_at_31_august,
    {{ sen2_age_band('aged.age_at_31_august') }} as age_band,
    {{ sen2_age_band('aged.age_at_start') }} as age_band_at_start,
    {{ sen2_age_band('aged.age_at_cease') }} as age_band_at_cease
from aged
left join need_groups
    on aged.primary_need_code = need_groups.code
left join current_placements
    on aged.request_key = current_placements.request_key
left join named_placements
    on aged.request_key = named_placements.request_key
