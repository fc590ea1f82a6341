with new as (insert into t default values returning id, n) select id = 3 and n = 3 from new
