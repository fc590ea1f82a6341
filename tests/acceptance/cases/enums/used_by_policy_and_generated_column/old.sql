create type kind as enum ('a', 'b');
create table t (k kind, is_a boolean generated always as (k = 'a') stored);
alter table t enable row level security;
create policy only_a on t using (k = 'a');
