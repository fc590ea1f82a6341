insert into lines (qty, price) values (2, 1.25);
