create table hits (page text);
