create table users (id bigint primary key);
create table posts (id bigint primary key, author bigint not null references users);
create table likes (user_id bigint references users on delete cascade, post_id bigint references posts, primary key (user_id, post_id));
