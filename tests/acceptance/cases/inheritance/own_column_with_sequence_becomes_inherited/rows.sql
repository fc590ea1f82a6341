insert into child (label) values ('a'), ('b');
