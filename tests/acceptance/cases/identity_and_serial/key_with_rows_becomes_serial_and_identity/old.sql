create table doc (id integer primary key, note text); create table doc2 (id integer primary key);
