create table docs (id int);
create policy p on docs to pg_read_all_data, pg_monitor using (true);
create policy q on docs to current_user using (true);
