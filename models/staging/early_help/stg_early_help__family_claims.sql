-- Early help, family claims: the rows as they were sent, renamed and typed.
select
    {{ subject_key('early help claim', 'claim_ref') }} as claim_key,
    {{ subject_key('early help family', 'eh_family_id') }} as eh_family_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('eh_family_id') }} as eh_family_id,
    {{ clean_id('claim_ref') }} as claim_ref,
    {{ as_date('whole_family_assessment_date') }} as whole_family_assessment_date,
    {{ as_code('lead_practitioner') }} as lead_practitioner_code,
    {{ as_code('claim_type') }} as claim_type_code,
    {{ as_date('claim_date') }} as claim_date,
    {{ as_code('audit_status') }} as audit_status_code,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('early_help', 'family_claims') }}
