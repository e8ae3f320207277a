-- One row per SENneed element: a need, as sent.
with

source as (

    select * from {{ source('sen2', 'sen_needs') }}

)

select
    {{ row_link('senneedtableid') }} as row_link,
    {{ row_link('activeplanstableid', 'parent_row') }} as parent_link,
    la_code,
    return_year,
    {{ clean_id('UPN') }} as upn,
    {{ as_code('SENtype') }} as need_code,
    {{ as_code('SENtypeRank') }} as need_rank_code,
    {{ clean('senneedtableid') }} as table_id,
    {{ clean('activeplanstableid') }} as parent_table_id,
    {{ clean('NativeId') }} as native_id,
    {{ clean('senneedorderseqcolumn') }} as order_in_parent,
    {{ clean('sourceid') }} as source_id,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number,
    parent_row
from source
