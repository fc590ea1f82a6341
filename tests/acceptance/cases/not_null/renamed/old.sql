create table t (a int constraint first_name not null, b text constraint b_there not null);
