create table skus (id int primary key, code text not null, constraint skus_code unique (code));
create table stock (code text not null references skus (code), qty int);
