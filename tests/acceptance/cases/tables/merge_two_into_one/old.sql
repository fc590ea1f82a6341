create table profiles (id int primary key, nickname text);
create table avatars (profile_id int primary key references profiles, url text not null);
