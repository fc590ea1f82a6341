create table all_customers (id int primary key, name text not null, archived boolean not null);
create table archive (id int primary key, name text not null);
create view customers as select id, name from all_customers where not archived;
