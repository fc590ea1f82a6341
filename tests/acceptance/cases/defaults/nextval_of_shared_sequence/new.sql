create sequence numbers;
create table quotes (id int primary key);
create table offers (id int default nextval('numbers') primary key);
