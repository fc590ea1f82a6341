create table accounts (id int primary key, email text not null, deleted_at timestamptz);
create unique index accounts_live_email on accounts (email) where deleted_at is null;
