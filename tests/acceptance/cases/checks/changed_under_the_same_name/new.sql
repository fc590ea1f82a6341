create table offers (discount int, constraint sane check (discount <= 75 or discount is null));
