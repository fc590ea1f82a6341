create table t (a int not null, b text not null, c date not null, d jsonb not null);
