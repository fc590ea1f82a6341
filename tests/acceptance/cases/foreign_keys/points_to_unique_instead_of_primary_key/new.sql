create table users (id int primary key, handle text unique);
create table posts (author text references users (handle), author_id int);
