create table tickets (id int primary key, subject text not null);
