create table offers (id int primary key, discount int check (discount < 50), check (id > 0));
