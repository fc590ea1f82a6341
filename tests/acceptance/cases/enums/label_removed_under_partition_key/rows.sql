insert into t values ('eu', 1), ('eu', 2);
