insert into t values ('a', ('b', 3));
