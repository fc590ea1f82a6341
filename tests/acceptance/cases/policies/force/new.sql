create table docs (id int);
alter table docs enable row level security;
alter table docs force row level security;
