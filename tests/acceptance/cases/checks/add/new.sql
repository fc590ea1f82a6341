create table offers (id int primary key, discount int constraint sane check (discount between 0 and 90));
