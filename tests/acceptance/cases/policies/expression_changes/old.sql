create table docs (id int, state varchar(10));
create policy seen on docs for select using (state in ('open', 'done'));
