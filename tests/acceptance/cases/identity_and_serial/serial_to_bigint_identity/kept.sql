with new as (insert into t (name) values ('d') returning id) select id = 3 and (select sum(t_id) = 3 from u) from new
