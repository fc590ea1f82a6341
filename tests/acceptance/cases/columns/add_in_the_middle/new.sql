create table people (first_name text, middle_name text, last_name text, born date);
