create table users (
    id bigint primary key,
    email text not null unique,
    street text,
    city text,
    country char(2)
);
