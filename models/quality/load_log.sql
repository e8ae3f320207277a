-- One row per file and load: what came of it.
with

load_log as (

    select * from {{ source('quality', 'load_log') }}

)

select
    load_id,
    submission_id,
    la_code,
    return_name,
    return_year,
    period_end,
    source_file,
    sha256,
    size_bytes,
    encoding,
    table_rows,
    status,
    reason,
    findings,
    is_current,
    spec_version,
    loaded_at
from load_log
