-- Youth justice case-level data, offences: the rows as they were sent, renamed and typed.
select
    {{ subject_key('offence', joined_ids(['yj_person_id', 'offence_id'])) }} as offence_key,
    {{ subject_key('youth justice', 'yj_person_id') }} as yj_person_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('yj_person_id') }} as yj_person_id,
    {{ clean_id('offence_id') }} as offence_id,
    {{ as_date('offence_date') }} as offence_date,
    {{ as_code('offence_category') }} as offence_category_code,
    {{ as_integer('gravity_score') }} as gravity_score,
    {{ as_code('serious_violence') }} as serious_violence_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('youth_justice', 'offences') }}
