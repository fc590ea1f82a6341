create table hits (page text);
create materialized view pages with (fillfactor = 70, autovacuum_enabled = off) as select distinct page from hits;
alter materialized view pages alter page set statistics 300;
