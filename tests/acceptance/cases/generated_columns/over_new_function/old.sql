create table t (raw text);
