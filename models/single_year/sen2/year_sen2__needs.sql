-- One row per special educational need of a plan in force, in one return year of SEN2.
with

needs as (

    select * from {{ ref('stg_sen2__sen_needs') }}

),

active_plans as (

    select * from {{ ref('int_sen2__active_plans') }}

),

need_groups as (

    select * from {{ ref('group_sen2__need') }}

)

select
    {{ hash_key(['needs.la_code', 'needs.return_year', 'needs.row_link']) }} as need_key,
    active_plans.request_key,
    needs.la_code,
    needs.return_year,
    needs.need_code,
    coalesce(need_groups.need_group, 'Not a listed code') as need_group,
    needs.need_rank_code
from needs
inner join active_plans
    on
        needs.la_code = active_plans.la_code
        and needs.return_year = active_plans.return_year
        and needs.parent_link = active_plans.row_link
left join need_groups
    on needs.need_code = need_groups.code
