with new as (insert into t default values returning id) select id between 10 and 99990 and count(*) over () = 1 from new
