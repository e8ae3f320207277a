-- Youth justice case-level data, outcomes: the rows as they were sent, renamed and typed.
select
    {{ subject_key('outcome', joined_ids(['yj_person_id', 'outcome_id'])) }} as outcome_key,
    {{ subject_key('offence', joined_ids(['yj_person_id', 'offence_id'])) }} as offence_key,
    {{ subject_key('youth justice', 'yj_person_id') }} as yj_person_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yj_person_id') }} as yj_person_id,
    {{ clean_id('offence_id') }} as offence_id,
    {{ clean_id('outcome_id') }} as outcome_id,
    {{ as_date('outcome_date') }} as outcome_date,
    {{ as_code('outcome_tier') }} as outcome_tier_code,
    {{ clean('outcome_type') }} as outcome_type,
    {{ as_code('first_time_entrant') }} as first_time_entrant_code,
    {{ as_date('order_end_date') }} as order_end_date,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('youth_justice', 'outcomes') }}
