create table skus (id int primary key, code text not null, shop int not null, constraint skus_code unique (shop, code));
create table stock (code text not null, shop int not null, qty int, foreign key (shop, code) references skus (shop, code));
