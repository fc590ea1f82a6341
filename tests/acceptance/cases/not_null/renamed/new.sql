create table t (a int constraint second_name not null, b text not null);
