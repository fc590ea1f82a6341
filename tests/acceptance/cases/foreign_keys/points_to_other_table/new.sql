create table users (id int primary key);
create table staff (id int primary key);
create table shifts (id int primary key, person int constraint shifts_person_fkey references staff);
