{# What it finds: keys of children that are one where they should be two, or two where they should
   be one, in seven rows made by hand.
   When it matters: always; a child key that merges children spoils every count of children.
   How to resolve it: mend the macros child_key and child_year_key. #}
with

sent (row_id, la_code, return_year, source_file, record_number, child_id) as (

    values
    (1, 'E09000007', 2024, 'f', 1, null),
    (2, 'E09000007', 2024, 'f', 1, ' '),
    (3, 'E09000007', 2024, 'f', 2, null),
    (4, 'E09000007', 2024, 'f', 3, 'ab1'),
    (5, 'E09000007', 2024, 'f', 4, ' AB 1'),
    (6, 'E09000007', 2025, 'g', 4, 'AB1'),
    (7, 'E09000008', 2024, 'f', 3, 'AB1')

),

keyed as (

    select
        row_id,
        {{ child_key('child_id') }} as child_key,
        {{ child_year_key('child_id') }} as child_year_key
    from sent

),

-- rows 1 and 2 are one record, rows 4 and 5 one child in one year, row 6 that child a year later
pairs as (

    select
        earlier.row_id as earlier_id,
        later.row_id as later_id,
        earlier.child_key = later.child_key as is_same_child,
        earlier.child_year_key = later.child_year_key as is_same_child_year,
        (earlier.row_id, later.row_id) in ((1, 2), (4, 5)) as should_share_both,
        (earlier.row_id, later.row_id) in ((4, 6), (5, 6)) as should_share_child
    from keyed as earlier
    inner join keyed as later
        on earlier.row_id < later.row_id

)

select *
from pairs
where
    is_same_child is distinct from (should_share_both or should_share_child)
    or is_same_child_year is distinct from should_share_both
