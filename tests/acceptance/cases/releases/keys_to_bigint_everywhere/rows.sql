insert into tenants default values;
insert into users (tenant_id) values (1), (1);
insert into posts (user_id) values (1), (2);
insert into likes values (1, 2);
