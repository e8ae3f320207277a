-- One row per file: what the authority says of its workforce as a whole, as sent.
with

source as (

    select * from {{ source('csww', 'la_level') }}

)

select
    la_code,
    return_year,
    {{ as_decimal('NumberOfVacancies') }} as vacancies_fte,
    {{ as_decimal('NoAgencyFTE') }} as agency_cover_fte,
    {{ as_integer('NoAgencyHeadcount') }} as agency_cover_headcount,
    {{ as_code('RecruitmentBonus') }} as recruitment_bonus_code,
    {{ as_code('RetentionBonus') }} as retention_bonus_code,
    {{ as_code('PerformanceAward') }} as performance_award_code,
    {{ as_code('CarAllowance') }} as car_allowance_code,
    {{ as_code('RelocationPackage') }} as relocation_package_code,
    {{ as_code('RegionalWeighting') }} as regional_weighting_code,
    {{ as_code('CostSWE') }} as registration_cost_code,
    {{ as_code('CostDBS') }} as dbs_cost_code,
    {{ clean('OtherAllowances') }} as other_allowances,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
