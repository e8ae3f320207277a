-- Annex A, list 3, referrals: the rows as they were sent, renamed and typed.
select
    {{ child_year_key('child_id') }} as child_year_key,
    {{ child_key('child_id') }} as child_key,
    la_code,
    return_year,
    period_end,
    {{ clean_id('child_id') }} as child_id,
    {{ as_choice('gender') }} as gender_code,
    {{ as_choice('ethnicity') }} as ethnicity_code,
    {{ as_date('birth_date') }} as birth_date,
    {{ as_decimal('age_years') }} as age_years,
    {{ as_date('referral_date') }} as referral_date,
    {{ as_choice('referral_source') }} as referral_source_code,
    {{ as_choice('referral_nfa') }} as referral_nfa_code,
    {{ as_integer('referrals_last_12_months') }} as referrals_last_12_months_count,
    {{ clean('allocated_team') }} as allocated_team,
    {{ clean('allocated_worker') }} as allocated_worker,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('annex_a', 'referrals') }}
