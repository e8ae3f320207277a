-- One row per measure, local authority, period and breakdown value, with what must not be shown.
with

measures as (

    select * from {{ ref('measures') }}

),

msr_all as (

    select * from {{ ref('msr_all') }}

),

hidden_cells as (

    select * from {{ ref('msr_hidden_cells') }}

),

keyed as (

    select
        msr_all.*,
        {{ cell_key('measures.counted_as') }} as numerator_key,
        case
            when measures.denominator_count = 'population' then null
            when measures.split_by is not null
                then {{ cell_key('measures.denominator_count', "'all'", "'all'") }}
            else {{ cell_key('measures.denominator_count') }}
        end as denominator_key
    from msr_all
    inner join measures
        on msr_all.measure_id = measures.measure_id

)

select
    keyed.measure_id,
    keyed.la_code,
    keyed.period_type,
    keyed.period_end,
    keyed.breakdown,
    keyed.breakdown_value,
    keyed.numerator,
    keyed.denominator,
    numerators.cell_key is not null as is_numerator_hidden,
    denominators.cell_key is not null as is_denominator_hidden
from keyed
left join hidden_cells as numerators
    on keyed.numerator_key = numerators.cell_key
left join hidden_cells as denominators
    on keyed.denominator_key = denominators.cell_key
