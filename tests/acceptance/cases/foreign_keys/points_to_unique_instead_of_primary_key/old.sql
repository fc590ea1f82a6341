create table users (id int primary key, handle text unique);
create table posts (author text, author_id int references users);
