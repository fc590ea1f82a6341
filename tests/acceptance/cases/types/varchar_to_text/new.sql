create table companies (id int primary key, name text not null unique, code text);
