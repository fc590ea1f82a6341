create table placeholder ();
