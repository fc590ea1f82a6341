create sequence numbers;
create table quotes (id int default nextval('numbers') primary key);
create table offers (id int primary key);
