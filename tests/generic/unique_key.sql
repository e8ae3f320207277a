{# What it finds: a combination of columns that should name one row and names several, or that
   has a null in it.
   When it matters: always; every count downstream of such a table is wrong.
   How to resolve it: the grain said in the model's description is not the grain of its SQL;
   mend the SQL. #}
{% test unique_key(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 or {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}

{% endtest %}
