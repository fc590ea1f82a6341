create table tenants (id bigserial primary key);
create table users (id bigserial primary key, tenant_id bigint not null references tenants);
create table posts (id bigserial primary key, user_id bigint references users on delete set null, parent_id bigint references posts);
create table likes (user_id bigint references users on delete cascade, post_id bigint references posts on delete cascade, primary key (user_id, post_id));
create index posts_by_user on posts (user_id, id desc);
create view post_stats as select p.id, p.user_id, count(l.*) as likes from posts p left join likes l on l.post_id = p.id group by p.id;
create materialized view top_posts as select id from post_stats order by likes desc limit 10;
create function post_owner(post bigint) returns bigint language sql stable as $$ select user_id from posts where id = post $$;
