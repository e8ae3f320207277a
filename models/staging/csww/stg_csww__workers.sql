-- One row per CSWWWorker element: a post of one social worker, as sent.
with

source as (

    select * from {{ source('csww', 'workers') }}

)

select
    {{ worker_key('SWENo') }} as worker_key,
    la_code,
    return_year,
    {{ as_code('AgencyWorker') }} as agency_worker_code,
    {{ clean_id('SWENo') }} as swe_number,
    {{ as_decimal('FTE') }} as fte,
    {{ as_date('PersonBirthDate') }} as birth_date,
    {{ as_code('GenderCurrent') }} as gender_current_code,
    {{ as_code('Sex') }} as sex_code,
    {{ as_code('Ethnicity') }} as ethnicity_code,
    {{ clean('QualInst') }} as qualifying_institution,
    {{ as_code('QualLevel') }} as qualification_level_code,
    {{ as_code('StepUpGrad') }} as step_up_graduate_code,
    {{ as_code('OrgRole') }} as role_code,
    {{ as_date('RoleStartDate') }} as role_start_date,
    {{ as_code('StartOrigin') }} as start_origin_code,
    {{ as_date('RoleEndDate') }} as role_end_date,
    {{ as_code('LeaverDestination') }} as leaver_destination_code,
    {{ as_code('ReasonLeave') }} as reason_leave_code,
    {{ as_decimal('FTE30') }} as fte_previous_30_september,
    {{ as_integer('Cases30') }} as cases_held,
    {{ as_decimal('WorkingDaysLost') }} as working_days_lost,
    {{ as_decimal('ContractWeeks') }} as contract_weeks,
    {{ as_code('FrontlineGrad') }} as frontline_graduate_code,
    {{ as_code('Absat30Sept') }} as absent_code,
    {{ as_code('ReasonAbsence') }} as absence_reason_code,
    {{ as_code('CFKSSstatus') }} as cfkss_status_code,
    {{ as_decimal('BaseSalary') }} as base_salary,
    {{ as_decimal('RRPayments') }} as recruitment_retention_payments,
    {{ as_decimal('OtherPayments') }} as other_payments,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
