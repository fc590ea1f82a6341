create table status (status text);
create table orders (status text, orders int);
