insert into terms values ('b', 'x'), ('a', 'y');
