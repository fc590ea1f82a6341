create table terms (word text collate "C" not null, note varchar(30) collate "POSIX");
