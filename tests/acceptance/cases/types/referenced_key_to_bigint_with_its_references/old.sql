create table users (id int primary key);
create table posts (id int primary key, author int not null references users);
create table likes (user_id int references users on delete cascade, post_id int references posts, primary key (user_id, post_id));
