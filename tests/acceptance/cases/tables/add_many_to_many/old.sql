create table articles (id int primary key, title text not null);
create table tags (id int primary key, word text not null unique);
