create table tenants (id serial primary key);
create table users (id serial primary key, tenant_id int not null references tenants);
create table posts (id serial primary key, user_id int references users on delete set null, parent_id int references posts);
create table likes (user_id int references users on delete cascade, post_id int references posts on delete cascade, primary key (user_id, post_id));
create index posts_by_user on posts (user_id, id desc);
create view post_stats as select p.id, p.user_id, count(l.*) as likes from posts p left join likes l on l.post_id = p.id group by p.id;
create materialized view top_posts as select id from post_stats order by likes desc limit 10;
create function post_owner(post int) returns int language sql stable as $$ select user_id from posts where id = post $$;
