with new as (insert into users (tenant_id) values (1) returning id) select id = 3 and (select count(*) = 2 from posts) from new
