-- One row per assessment of a SEN2 return, with its request and its place in the return.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

assessments as (

    select * from {{ ref('stg_sen2__assessments') }}

),

requests as (

    select * from {{ ref('int_sen2__requests') }}

)

select
    requests.request_key,
    assessments.row_link,
    assessments.la_code,
    assessments.return_year,
    assessments.assessment_outcome_code,
    assessments.assessment_outcome_date,
    coalesce(assessments.has_assessment_mediation, false) as has_assessment_mediation,
    coalesce(assessments.has_assessment_tribunal, false) as has_assessment_tribunal,
    coalesce(assessments.has_other_mediation, false) as has_other_mediation,
    coalesce(assessments.has_other_tribunal, false) as has_other_tribunal,
    coalesce(assessments.has_20_week_exception, false) as has_20_week_exception,
    -- a request has one assessment at most; of several sent, the last decided counts
    row_number() over (
        partition by requests.request_key
        order by
            assessments.assessment_outcome_date desc nulls last,
            assessments.source_file desc, assessments.source_row desc
    ) as ordinal_in_request
from assessments
inner join requests
    on
        assessments.la_code = requests.la_code
        and assessments.return_year = requests.return_year
        and assessments.parent_link = requests.row_link
