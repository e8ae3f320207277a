-- One row per offer of the compact in an authority on one day.
with

offers as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by la_code, baseline_date, offer_code, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_care_leavers_compact__la_offers') }}
    where offer_code is not null and baseline_date is not null

)

select
    {{ hash_key(['la_code', 'baseline_date', 'offer_code']) }} as la_offer_key,
    la_code,
    return_year,
    period_end,
    offer_code,
    status_code,
    out_of_borough_code,
    baseline_date,
    start_date,
    case when status_code is not null then status_code in ('FULL', 'PART') end as is_in_place,
    age_limit,
    care_leaver_count
from offers
where row_from_last = 1
