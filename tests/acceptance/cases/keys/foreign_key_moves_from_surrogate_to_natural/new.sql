create table countries (iso char(2) primary key);
create table cities (id int primary key, country char(2) references countries);
