-- SSDA903, sw_episodes: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('CHILD') }} as child_year_key,
    {{ child_key('CHILD') }} as child_key,
    case
        when {{ clean_id('SW_ID') }} is not null
            then {{ hmac("la_code || '|social worker|' || " ~ clean_id('SW_ID')) }}
    end as social_worker_key,
    la_code,
    return_year,
    {{ clean_id('CHILD') }} as child_id,
    {{ as_date('DOB') }} as birth_date,
    {{ clean_id('SW_ID') }} as social_worker_id,
    {{ as_date('SW_DECOM') }} as start_date,
    {{ as_date('SW_DEC') }} as end_date,
    {{ as_code('SW_REASON') }} as reason_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from {{ source('ssda903', 'sw_episodes') }}
