insert into child (id, label, n) select g, 'x' || g, g / 2.0 from generate_series(1, 9) g;
insert into ref values (1), (2);
