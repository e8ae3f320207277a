-- One row per incident of going missing or being away without authorisation, as returned.
with

incidents as (

    select
        *,
        -- The return gives one row per child, type and first day; further ones repeat it.
        row_number() over (
            partition by child_year_key, incident_type_code, start_date
            order by end_date desc nulls last, source_file asc, source_row asc
        ) as incident_ordinal
    from {{ ref('stg_ssda903__missing') }}

),

children as (

    select * from {{ ref('int_ssda903__children') }}

)

select
    {{ hash_key([
        'incidents.child_year_key', 'incidents.incident_type_code', 'incidents.start_date',
        'incidents.incident_ordinal'
    ]) }} as incident_key,
    incidents.child_year_key,
    incidents.child_key,
    incidents.la_code,
    incidents.return_year,
    incidents.incident_type_code,
    incidents.start_date,
    incidents.end_date,
    date_diff('day', incidents.start_date, incidents.end_date) as length_days,
    coalesce(
        incidents.start_date <= {{ year_end('incidents.return_year') }}
        and coalesce(incidents.end_date, 'infinity') >= {{ year_start('incidents.return_year') }},
        false
    ) as touches_year,
    incidents.incident_ordinal > 1 as is_duplicate,
    {{ age_at('coalesce(incidents.birth_date, children.birth_date)', 'incidents.start_date') }}
        as age_at_start
from incidents
inner join children
    on incidents.child_year_key = children.child_year_key
