create table docs (id int, org int);
alter table docs enable row level security;
