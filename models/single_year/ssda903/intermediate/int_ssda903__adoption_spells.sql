-- One row per child who was adopted in the return year: the period of care that ended so.
with

spells as (

    select * from {{ ref('int_ssda903__spells') }}

),

placement_types as (

    select * from {{ ref('group_ssda903__placement_type') }}

),

periods as (

    select * from {{ ref('int_ssda903__periods_of_care') }}
    where is_ended_in_year and reason_ceased_code in ('E11', 'E12')

),

typed as (

    select
        spells.period_of_care_key,
        spells.start_date,
        coalesce(placement_types.is_adoption, false) as is_adoption
    from spells
    left join placement_types
        on spells.placement_type_code = placement_types.code

),

-- The run of adoption placements that the period ends with starts after the last other episode.
last_others as (

    select
        period_of_care_key,
        max(start_date) filter (where not is_adoption) as last_other_start_date
    from typed
    group by period_of_care_key

),

final_runs as (

    select
        typed.period_of_care_key,
        min(typed.start_date) as adoption_placement_date
    from typed
    inner join last_others
        on typed.period_of_care_key = last_others.period_of_care_key
    where
        typed.is_adoption
        and typed.start_date > coalesce(last_others.last_other_start_date, '-infinity')
    group by typed.period_of_care_key

)

select
    periods.child_year_key,
    periods.period_of_care_key,
    periods.start_date as period_start_date,
    periods.is_start_known as is_period_start_known,
    final_runs.adoption_placement_date,
    periods.end_date as adoption_date,
    periods.reason_ceased_code
from periods
left join final_runs
    on periods.period_of_care_key = final_runs.period_of_care_key
-- A child adopted twice in one year is an error of the return: the last adoption counts.
qualify row_number() over (
    partition by periods.child_year_key order by periods.end_date desc, periods.start_date desc
) = 1
