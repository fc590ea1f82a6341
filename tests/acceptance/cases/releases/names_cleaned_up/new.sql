create table users (id serial primary key, email text unique);
create table logins (id serial primary key, user_id int references users);
create index on logins (user_id);
