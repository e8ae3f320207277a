-- No sum gives a hidden count away: the passes of msr_hidden_cells were enough.
with

looked_at as (

    select
        sums.sum_key,
        bool_or(hidden.cell_key is not null and sums.is_total) as is_total_hidden,
        count(*) filter (where hidden.cell_key is not null and not sums.is_total) as hidden_parts,
        sum(hidden.cell_count) filter (where not sums.is_total) as hidden_sum
    from {{ ref('msr_sums') }} as sums
    left join {{ ref('msr_hidden_cells') }} as hidden
        on sums.cell_key = hidden.cell_key
    group by sums.sum_key

)

select *
from looked_at
where
    case
        when is_total_hidden then hidden_parts = 0
        else {{ gives_itself_away('hidden_parts', 'hidden_sum') }}
    end
