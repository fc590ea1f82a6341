create table companies (id int primary key, name text, memo text);
