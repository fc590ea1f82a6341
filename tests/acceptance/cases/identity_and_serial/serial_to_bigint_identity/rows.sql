insert into t (name) values ('a'), ('b');
insert into u values (1), (2);
