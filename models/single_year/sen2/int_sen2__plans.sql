-- One row per plan of a SEN2 return, with what its request, assessment and review say of it.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

named_plans as (

    select * from {{ ref('stg_sen2__named_plans') }}

),

assessments as (

    select * from {{ ref('int_sen2__assessments') }}

),

requests as (

    select * from {{ ref('int_sen2__requests') }}

),

active_plans as (

    select * from {{ ref('int_sen2__active_plans') }}
    where ordinal_in_request = 1

)

select
    requests.request_key,
    requests.learner_year_key,
    requests.learner_key,
    named_plans.la_code,
    named_plans.return_year,
    requests.birth_date,
    requests.sex_code,
    requests.ethnicity_group,
    assessments.assessment_outcome_code,
    named_plans.start_date,
    named_plans.cease_date,
    named_plans.cease_reason_code,
    named_plans.direct_payment_code,
    coalesce(named_plans.has_personal_budget, false) as has_personal_budget,
    coalesce(named_plans.has_organised_arrangements, false) as has_organised_arrangements,
    active_plans.transferred_from,
    active_plans.residential_code,
    active_plans.work_based_code,
    active_plans.review_meeting_date,
    active_plans.review_decision_date,
    active_plans.review_outcome_code,
    active_plans.phase_transfer_due_date,
    active_plans.phase_transfer_final_date,
    active_plans.primary_need_code,
    -- an assessment has one plan at most: each of several keeps its own key
    row_number() over (
        partition by requests.request_key, named_plans.start_date
        order by named_plans.source_file, named_plans.source_row
    ) as same_day_ordinal
from named_plans
inner join assessments
    on
        named_plans.la_code = assessments.la_code
        and named_plans.return_year = assessments.return_year
        and named_plans.parent_link = assessments.row_link
inner join requests
    on assessments.request_key = requests.request_key
left join active_plans
    on requests.request_key = active_plans.request_key
