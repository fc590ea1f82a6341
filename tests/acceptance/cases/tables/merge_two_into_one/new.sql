create table profiles (id int primary key, nickname text, avatar_url text);
