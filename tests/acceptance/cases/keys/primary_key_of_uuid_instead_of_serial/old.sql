create table tokens (id serial primary key, value text);
create table uses (token_id int references tokens, at timestamptz);
