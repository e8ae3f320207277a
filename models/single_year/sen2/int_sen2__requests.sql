-- One row per request of a SEN2 return, with its key, its person and its place in the return.
{{ config(database='vault', schema='staging', materialized='table', access='private') }}

with

requests as (

    select * from {{ ref('stg_sen2__requests') }}

),

persons as (

    select * from {{ ref('int_sen2__persons') }}

),

joined as (

    select
        requests.*,
        -- a request without its person keeps a key of its own, and counts
        coalesce(persons.learner_key, {{ hash_key(['requests.la_code', 'requests.parent_link']) }})
            as learner_key,
        persons.learner_year_key,
        persons.birth_date,
        coalesce(persons.sex_code, 'U') as sex_code,
        coalesce(persons.ethnicity_group, 'Unknown') as ethnicity_group
    from requests
    left join persons
        on
            requests.la_code = persons.la_code
            and requests.return_year = persons.return_year
            and requests.parent_link = persons.row_link

),

numbered as (

    select
        *,
        -- historical requests have no date, and two may have the same: each keeps its own key
        row_number() over (
            partition by la_code, return_year, learner_key, received_date
            order by source_file, source_row
        ) as same_day_ordinal
    from joined

)

select
    {{ hash_key([
        'la_code', 'return_year', 'learner_key', 'received_date', 'same_day_ordinal'
    ]) }} as request_key,
    row_link,
    learner_year_key,
    learner_key,
    la_code,
    return_year,
    request_source_code,
    request_outcome_code,
    exported_to,
    received_date,
    request_outcome_date,
    birth_date,
    is_in_youth_accommodation,
    coalesce(has_request_mediation, false) as has_request_mediation,
    coalesce(has_request_tribunal, false) as has_request_tribunal,
    sex_code,
    ethnicity_group
from numbered
