create table accounts (id int primary key, email text not null unique, deleted_at timestamptz);
