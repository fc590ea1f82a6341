insert into doc select g from generate_series(1, 5) g; insert into doc2 select g from generate_series(1, 7) g;
