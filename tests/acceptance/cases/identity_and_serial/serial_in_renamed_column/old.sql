create table t (number serial);
