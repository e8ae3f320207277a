{# One pass of secondary suppression over `cells` (cell_key, cell_count, is_hidden), with a
   relation called sums beside it (sum_key, cell_key, is_total). In each sum that gives a hidden
   count away, one more cell is hidden: the smallest part that is not 0, else a total of 0, else a
   part that is 0, else the total. A total that is hidden is given away when all its parts are
   shown. #}
{% macro hide_one_more(cells) -%}
select
    cells.cell_key,
    cells.cell_count,
    cells.is_hidden or chosen.cell_key is not null as is_hidden
from {{ cells }} as cells
left join (
    -- distinct: two sums may choose the same cell
    select distinct cell_key
    from (
        select
            cells.cell_key,
            cells.is_hidden,
            row_number() over (
                partition by sums.sum_key
                order by
                    cells.is_hidden,
                    sums.is_total and cells.cell_count != 0,
                    cells.cell_count = 0 and not sums.is_total,
                    cells.cell_count,
                    cells.cell_key
            ) as turn,
            bool_or(cells.is_hidden and sums.is_total) over (partition by sums.sum_key)
                as is_total_hidden,
            sum(cast(cells.is_hidden and not sums.is_total as integer))
                over (partition by sums.sum_key) as hidden_cells,
            sum(case when cells.is_hidden and not sums.is_total then cells.cell_count else 0 end)
                over (partition by sums.sum_key) as hidden_sum
        from sums
        inner join {{ cells }} as cells on sums.cell_key = cells.cell_key
    ) as looked_at
    where
        turn = 1
        and not is_hidden
        and case
            when is_total_hidden then hidden_cells = 0
            else {{ gives_itself_away('hidden_cells', 'hidden_sum') }}
        end
) as chosen on cells.cell_key = chosen.cell_key
{%- endmacro %}
