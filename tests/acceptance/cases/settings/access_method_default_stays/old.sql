create table a (id int) with (fillfactor = 90);
