create table hits (page text);
create materialized view pages as select distinct page from hits with no data;
