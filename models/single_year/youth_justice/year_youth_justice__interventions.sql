-- One row per programme of work with a child in the return of one quarter.
with

interventions as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by intervention_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__interventions') }}

)

select
    intervention_key,
    yj_person_key,
    la_code,
    return_year,
    period_end,
    intervention_type_code,
    end_reason_code,
    ete_suitable_start_code,
    ete_suitable_end_code,
    accommodation_suitable_start_code,
    accommodation_suitable_end_code,
    send_identified_code,
    ehc_plan_code,
    mh_need_code,
    mh_offered_code,
    mh_attended_code,
    sm_need_code,
    sm_offered_code,
    sm_attended_code,
    start_date,
    end_date,
    {{ in_quarter('start_date') }} as is_started_in_quarter,
    {{ in_quarter('end_date') }} as is_ended_in_quarter,
    {{ open_at('start_date', 'end_date', 'period_end') }} as is_open_at_period_end,
    ete_hours_per_week
from interventions
where row_from_last = 1
