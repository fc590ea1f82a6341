create table terms (word text not null, note varchar(30));
