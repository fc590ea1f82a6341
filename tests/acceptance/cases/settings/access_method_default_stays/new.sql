create table a (id int) using heap with (fillfactor = 95);
