-- One row per CINdetails element, with the key of its episode and its place in the file.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

cin_details as (

    select * from {{ ref('stg_cin__cin_details') }}

),

numbered as (

    select
        *,
        -- nothing stops an authority from sending two referrals of one day: each keeps its own key
        row_number() over (
            partition by child_year_key, referral_date order by source_file, source_row
        ) as same_day_ordinal
    from cin_details

)

select
    {{ hash_key(['child_year_key', 'referral_date', 'same_day_ordinal']) }} as episode_key,
    child_year_key,
    child_key,
    la_code,
    return_year,
    referral_date,
    referral_source_code,
    primary_need_code,
    closure_date,
    closure_reason_code,
    transfer_in_conference_date,
    is_referral_nfa,
    same_day_ordinal,
    source_file,
    source_row
from numbered
