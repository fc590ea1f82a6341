create table t (a int constraint a_is_known not null, b int constraint "b: known" not null);
