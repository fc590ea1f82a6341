create table base (id int primary key, label text not null default 'x', check (id > 0));
