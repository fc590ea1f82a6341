create table users (id bigint primary key, email text not null unique);
create table user_addresses (
    user_id bigint primary key references users on delete cascade,
    street text,
    city text,
    country char(2) not null
);
