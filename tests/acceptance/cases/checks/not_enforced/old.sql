create table offers (discount int, constraint sane check (discount < 100), constraint low check (discount > 0));
