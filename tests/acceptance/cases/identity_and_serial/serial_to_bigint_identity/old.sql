create table t (id serial primary key, name text);
create table u (t_id int references t);
