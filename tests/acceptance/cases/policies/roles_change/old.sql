create table docs (id int);
create policy p on docs to public using (true);
create policy q on docs to pg_monitor, pg_read_all_data using (true);
