-- One row per offence of a child in the return of one quarter.
with

offences as (

    select
        *,
        -- What is sent twice counts once: the row furthest down stands.
        row_number() over (
            partition by offence_key, period_end order by source_file desc, source_row desc
        ) as row_from_last
    from {{ ref('stg_youth_justice__offences') }}

)

select
    offence_key,
    yj_person_key,
    la_code,
    return_year,
    period_end,
    offence_category_code,
    offence_date,
    {{ in_quarter('offence_date') }} as is_in_quarter,
    case serious_violence_code
        when 'Y' then true
        when 'N' then false
        else offence_category_code in ('VAP', 'DRUGS', 'ROBBERY') and gravity_score >= 5
    end as is_serious_violence,
    gravity_score
from offences
where row_from_last = 1
