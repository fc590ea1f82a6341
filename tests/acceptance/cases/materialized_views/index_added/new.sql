create table hits (page text);
create materialized view pages as select distinct page from hits;
create index pages_prefix on pages (page text_pattern_ops) with (fillfactor = 90);
