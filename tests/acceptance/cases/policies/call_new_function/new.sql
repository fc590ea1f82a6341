create function my_org() returns int language sql stable as $$ select current_setting('app.org', true)::int $$;
create table docs (id int, org int);
alter table docs enable row level security;
create policy org on docs using (org = my_org());
