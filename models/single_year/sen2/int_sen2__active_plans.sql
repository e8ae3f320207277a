-- One row per active-plan block of a SEN2 return, with its request and its primary need.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

active_plans as (

    select * from {{ ref('stg_sen2__active_plans') }}

),

needs as (

    select * from {{ ref('stg_sen2__sen_needs') }}

),

requests as (

    select * from {{ ref('int_sen2__requests') }}

),

primary_needs as (

    select * from needs
    where need_rank_code = '1'
    -- rank 1 is needed once; of several sent, the first counts
    qualify
        row_number() over (
            partition by la_code, return_year, parent_link order by source_file, source_row
        ) = 1

)

select
    requests.request_key,
    active_plans.row_link,
    active_plans.la_code,
    active_plans.return_year,
    active_plans.transferred_from,
    active_plans.residential_code,
    active_plans.work_based_code,
    active_plans.review_meeting_date,
    active_plans.review_decision_date,
    active_plans.review_outcome_code,
    active_plans.review_draft_date,
    active_plans.phase_transfer_due_date,
    active_plans.phase_transfer_final_date,
    primary_needs.need_code as primary_need_code,
    -- a request has one block at most; of several sent, the last counts
    row_number() over (
        partition by requests.request_key
        order by active_plans.source_file desc, active_plans.source_row desc
    ) as ordinal_in_request
from active_plans
inner join requests
    on
        active_plans.la_code = requests.la_code
        and active_plans.return_year = requests.return_year
        and active_plans.parent_link = requests.row_link
left join primary_needs
    on
        active_plans.la_code = primary_needs.la_code
        and active_plans.return_year = primary_needs.return_year
        and active_plans.row_link = primary_needs.parent_link
