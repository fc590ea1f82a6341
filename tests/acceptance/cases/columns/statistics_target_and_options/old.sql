create table hits (path text, agent text);
alter table hits alter path set statistics 500;
