create table offers (discount int, constraint sane check (discount < 100));
