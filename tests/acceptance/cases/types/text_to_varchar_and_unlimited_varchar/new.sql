create table companies (id int primary key, name varchar(100), memo varchar);
