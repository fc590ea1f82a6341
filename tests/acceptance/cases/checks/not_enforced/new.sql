create table offers (discount int, constraint sane check (discount < 100) not enforced, constraint low check (discount > 0), constraint wild check (discount <> 13) not enforced);
