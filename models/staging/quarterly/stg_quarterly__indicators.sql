-- LA quarterly return, indicators: the rows as they were sent, renamed and typed.
select
    la_code,
    return_year,
    period_end,
    {{ as_code('dfe_la_code') }} as dfe_la_code,
    {{ clean('la_name') }} as la_name,
    {{ as_date('quarter_end') }} as quarter_end_date,
    {{ as_code('indicator_id') }} as indicator_id,
    {{ clean('indicator_name') }} as indicator_name,
    {{ as_decimal('numerator') }} as numerator,
    {{ as_decimal('denominator') }} as denominator,
    {{ as_decimal('value') }} as value_as_sent,
    {{ clean('quality') }} as quality_text,
    submission_id,
    source_file,
    source_line,
    source_row,
    record_number
from {{ source('quarterly', 'indicators') }}
