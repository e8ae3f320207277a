-- One row per period on a child in need plan, in one return year.
with

plans as (

    select * from {{ ref('stg_cin__cin_plan_dates') }}

),

episodes as (

    select * from {{ ref('int_cin__episodes') }}

),

children as (

    select * from {{ ref('year_cin__children') }}

),

numbered as (

    select
        plans.*,
        episodes.episode_key,
        -- one plan may be sent twice, such as in a repeated record: each row keeps its own key
        row_number() over (
            partition by plans.child_year_key, plans.start_date
            order by plans.source_file, plans.source_row
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
    {{ hash_key([
        'numbered.child_year_key', 'numbered.start_date', 'numbered.same_day_ordinal'
    ]) }} as cin_plan_key,
    numbered.episode_key,
    numbered.child_year_key,
    numbered.child_key,
    numbered.la_code,
    numbered.return_year,
    numbered.start_date,
    numbered.end_date,
    {{ in_year('numbered.start_date', 'numbered.return_year') }} as is_started_in_year,
    {{ in_year('numbered.end_date', 'numbered.return_year') }} as is_ended_in_year,
    {{ open_at('numbered.start_date', 'numbered.end_date', year_end('numbered.return_year')) }}
        as is_open_at_year_end,
    children.sex_code,
    children.ethnicity_group,
    children.age_band
from numbered
left join children
    on numbered.child_year_key = children.child_year_key
