create table countries (id int primary key, iso char(2) not null unique);
create table cities (id int primary key, country_id int references countries);
