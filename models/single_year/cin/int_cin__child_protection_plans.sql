-- One row per ChildProtectionPlans element, with its key, its episode and its place in the file.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

plans as (

    select * from {{ ref('stg_cin__child_protection_plans') }}

),

episodes as (

    select * from {{ ref('int_cin__episodes') }}

),

numbered as (

    select
        plans.*,
        episodes.episode_key,
        -- one plan may be sent twice, such as in a repeated record: each row keeps its own key,
        -- and the first to count is one that has ended
        row_number() over (
            partition by plans.child_year_key, plans.start_date
            order by plans.end_date nulls last, plans.source_file, plans.source_row
        ) as same_day_ordinal
    from plans
    left join episodes
        on
            plans.la_code = episodes.la_code
            and plans.return_year = episodes.return_year
            and plans.source_file = episodes.source_file
            and plans.parent_row = episodes.source_row

)

select
    {{ hash_key(['child_year_key', 'start_date', 'same_day_ordinal']) }} as cp_plan_key,
    episode_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    start_date,
    end_date,
    initial_category_code,
    latest_category_code,
    number_of_previous_plans,
    same_day_ordinal,
    source_file,
    source_row
from numbered
