-- Early help, family needs: the rows as they were sent, renamed and typed.
select
    {{ subject_key('early help claim', 'claim_ref') }} as claim_key,
    {{ subject_key('early help family', 'eh_family_id') }} as eh_family_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('eh_family_id') }} as eh_family_id,
    {{ clean_id('claim_ref') }} as claim_ref,
    {{ as_code('outcome_no') }} as outcome_no_code,
    {{ as_date('need_identified_date') }} as need_identified_date,
    {{ as_date('outcome_achieved_date') }} as outcome_achieved_date,
    {{ as_code('sustained') }} as sustained_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('early_help', 'family_needs') }}
