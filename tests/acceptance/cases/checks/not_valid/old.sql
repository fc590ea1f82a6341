create table offers (discount int);
