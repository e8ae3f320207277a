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

returns as (

    select * from {{ ref('msr_returns') }}

),

-- A measure that cannot be worked out for a return that was sent has a row that says so.
not_available as (

    select
        measures.measure_id,
        returns.la_code,
        returns.period_type,
        returns.period_end,
        'all' as breakdown,
        'all' as breakdown_value
    from measures
    inner join returns
        on measures.return_name = returns.return_name
    except
    select
        measure_id,
        la_code,
        period_type,
        period_end,
        breakdown,
        breakdown_value
    from msr_all

),

every_row as (

    select * from msr_all
    union all
    select
        *,
        cast(null as decimal(18, 6)) as numerator,
        cast(null as decimal(18, 6)) as denominator
    from not_available

),

keyed as (

    select
        every_row.*,
        measures.unit = 'median' as is_median,
        {{ cell_key('measures.counted_as') }} as numerator_key,
        case
            when measures.unit = 'rate' then null
            when measures.split_by is not null
                then {{ cell_key('measures.denominator_count', "'all'", "'all'") }}
            else {{ cell_key('measures.denominator_count') }}
        end as denominator_key
    from every_row
    inner join measures
        on every_row.measure_id = measures.measure_id

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
    -- a median is hidden with the count of what it is of
    case when keyed.is_median then denominators.cell_key else numerators.cell_key end is not null
        as is_numerator_hidden,
    denominators.cell_key is not null as is_denominator_hidden
from keyed
left join hidden_cells as numerators
    on keyed.numerator_key = numerators.cell_key
left join hidden_cells as denominators
    on keyed.denominator_key = denominators.cell_key
