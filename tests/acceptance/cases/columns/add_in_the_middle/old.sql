create table people (first_name text, last_name text, born date);
