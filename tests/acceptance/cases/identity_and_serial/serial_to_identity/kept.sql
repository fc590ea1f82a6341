with new as (insert into t (name) values ('d') returning id) select id = 4 from new
