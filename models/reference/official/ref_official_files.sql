-- One row per file of published statistics that has landed.
with

files as (

    select * from {{ source('official', 'files') }}

)

select
    publication,
    dataset,
    release,
    source,
    licence,
    period_ends,
    areas_rounded_to,
    source_file,
    sha256,
    figures,
    spec_version,
    loaded_at
from files
