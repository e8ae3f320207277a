-- One row per child with an OC2 row, or who should have one.
with

returned as (

    select
        *,
        -- One row a child is asked for; of several, the last in the return counts.
        row_number() over (
            partition by child_year_key order by source_file desc, source_row desc
        ) as oc2_rank
    from {{ ref('stg_ssda903__oc2') }}

),

birth_dates as (

    select * from {{ ref('int_ssda903__children') }}

),

children as (

    select * from {{ ref('year_ssda903__children') }}

),

looked_after as (

    select * from {{ ref('year_ssda903__looked_after_at_year_end') }}
    where is_looked_after_12_months

),

sdq_bands as (

    select * from {{ ref('group_ssda903__sdq_band') }}

),

joined as (

    select
        returned.*,
        children.child_year_key as own_child_year_key,
        children.child_key as own_child_key,
        children.la_code as own_la_code,
        children.return_year as own_return_year,
        children.sex_code,
        children.ethnicity_group,
        looked_after.child_year_key is not null as is_in_cohort,
        {{ age_at(
            'coalesce(returned.birth_date, birth_dates.birth_date)',
            year_end('children.return_year')
        ) }} as age_at_year_end
    from children
    inner join birth_dates
        on children.child_year_key = birth_dates.child_year_key
    left join looked_after
        on children.child_year_key = looked_after.child_year_key
    left join returned
        on
            children.child_year_key = returned.child_year_key
            and returned.oc2_rank = 1
    where looked_after.child_year_key is not null or returned.child_year_key is not null

)

select
    joined.own_child_year_key as child_year_key,
    joined.own_child_key as child_key,
    joined.own_la_code as la_code,
    joined.own_return_year as return_year,
    joined.child_year_key is not null as is_returned,
    joined.is_in_cohort,
    joined.sdq_score,
    sdq_bands.sdq_band,
    joined.sdq_reason_code,
    joined.is_convicted,
    joined.has_health_check,
    joined.is_immunised,
    joined.has_dental_check,
    joined.has_health_assessment,
    joined.has_substance_misuse,
    joined.has_intervention_received,
    joined.has_intervention_offered,
    coalesce(joined.age_at_year_end between 5 and 16, false) as is_sdq_age,
    coalesce(joined.age_at_year_end < 5, false) as is_health_check_age,
    coalesce(joined.age_at_year_end between 10 and 17, false) as is_conviction_age,
    joined.age_at_year_end,
    {{ looked_after_age_band('joined.age_at_year_end') }} as age_band,
    joined.sex_code,
    joined.ethnicity_group
from joined
left join sdq_bands
    on joined.sdq_score between sdq_bands.score_from and sdq_bands.score_to
