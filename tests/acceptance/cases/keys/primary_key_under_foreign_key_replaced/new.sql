create table countries (id int not null unique, iso char(2) primary key);
create table cities (id int primary key, country_id int references countries (id));
