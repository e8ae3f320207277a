-- One row per contact with a young person in one extract.
with

sessions as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by participant_key, session_date, session_no, period_end
            order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_your_choice__sessions') }}
    where session_date is not null

)

select
    {{ hash_key(['participant_key', 'session_date', 'session_no']) }} as session_key,
    participant_key,
    practitioner_key,
    la_code,
    return_year,
    period_end,
    mode_code,
    attended_code,
    session_date,
    coalesce(attended_code = 'Y', false) as is_attended,
    session_no,
    duration_minutes
from sessions
where row_from_last = 1
