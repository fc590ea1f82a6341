create table orders (a char(3), b text, c varchar(9));
