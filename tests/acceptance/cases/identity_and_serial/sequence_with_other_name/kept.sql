with new as (insert into t default values returning id) select id = 3 from new
