create table hits (page text, at date);
