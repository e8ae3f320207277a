-- One row per Assessments element, with its key, its episode and its place in the file.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

assessments as (

    select * from {{ ref('stg_cin__assessments') }}

),

episodes as (

    select * from {{ ref('int_cin__episodes') }}

),

numbered as (

    select
        assessments.*,
        episodes.episode_key,
        -- two assessments of one episode may begin on one day: each keeps its own key
        row_number() over (
            partition by episodes.episode_key, assessments.start_date
            order by assessments.source_row
        ) as same_day_ordinal,
        row_number() over (
            partition by episodes.episode_key
            order by assessments.start_date nulls last, assessments.source_row
        ) as ordinal_in_episode
    from assessments
    left join episodes
        on
            assessments.la_code = episodes.la_code
            and assessments.return_year = episodes.return_year
            and assessments.source_file = episodes.source_file
            and assessments.parent_row = episodes.source_row

)

select
    {{ hash_key(['episode_key', 'start_date', 'same_day_ordinal']) }} as assessment_key,
    episode_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    referral_date,
    start_date,
    internal_review_date,
    authorisation_date,
    ordinal_in_episode,
    source_file,
    source_row
from numbered
