-- Early help, episodes: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('child_id') }} as child_year_key,
    {{ subject_key('early help episode', 'eh_episode_id') }} as eh_episode_key,
    {{ subject_key('early help family', 'eh_family_id') }} as eh_family_key,
    {{ child_key('child_id') }} as child_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('eh_episode_id') }} as eh_episode_id,
    {{ clean_id('child_id') }} as child_id,
    {{ clean_id('eh_family_id') }} as eh_family_id,
    {{ as_date('start_date') }} as start_date,
    {{ as_date('end_date') }} as end_date,
    {{ clean('reason') }} as reason,
    {{ clean('end_reason') }} as end_reason,
    {{ clean('organisation') }} as organisation,
    {{ clean_id('worker_id') }} as worker_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('early_help', 'episodes') }}
