-- One row per care leaver on the day of the lists.
with

rows_sent as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by child_key, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_annex_a__care_leavers') }}

),

children as (

    select * from {{ ref('year_annex_a__children') }}

),

eligibilities as (

    select * from {{ ref('code_annex_a__eligibility') }}

),

accommodations as (

    select * from {{ ref('code_annex_a__accommodation') }}

),

-- the layout of 2024 has columns that older lists lack
layouts as (

    select
        la_code,
        period_end,
        bool_or(
            pathway_plan_review_date is not null
            or last_contact_date is not null
            or personal_adviser is not null
        ) as is_layout_of_2024
    from rows_sent
    group by la_code, period_end

)

select
    rows_sent.child_year_key,
    rows_sent.child_key,
    rows_sent.la_code,
    rows_sent.return_year,
    rows_sent.period_end,
    coalesce(eligibilities.label, 'Not stated') as eligibility,
    {{ is_yes('rows_sent.uasc_ever_code') }} as is_uasc_ever,
    rows_sent.in_touch_code,
    coalesce(accommodations.label, 'Not stated') as accommodation,
    rows_sent.accommodation_type_code,
    case rows_sent.accommodation_suitability_code
        when 'SUITABLE' then true
        when 'UNSUITABLE' then false
    end as is_in_suitable_accommodation,
    rows_sent.activity_status_code,
    case left(rows_sent.activity_status_code, 1)
        when 'F' then true
        when 'P' then true
        when 'G' then false
    end as is_in_education_or_work,
    layouts.is_layout_of_2024,
    rows_sent.pathway_plan_review_date,
    rows_sent.last_contact_date,
    rows_sent.personal_adviser is not null as has_personal_adviser,
    children.sex_code,
    children.ethnicity_group,
    children.is_disabled,
    children.age_at_period_end,
    children.age_band
from rows_sent
left join children
    on rows_sent.child_key = children.child_key and rows_sent.period_end = children.period_end
left join eligibilities
    on rows_sent.eligibility_code = eligibilities.code
left join accommodations
    on rows_sent.accommodation_type_code = accommodations.code
inner join layouts
    on rows_sent.la_code = layouts.la_code and rows_sent.period_end = layouts.period_end
where rows_sent.row_from_last = 1
