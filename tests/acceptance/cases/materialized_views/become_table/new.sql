create table hits (page text);
create table pages (page text);
