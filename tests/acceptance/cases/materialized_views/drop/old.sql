create table hits (page text);
create materialized view pages as select distinct page from hits;
create index pages_page on pages (page);
create view first_pages as select page from pages limit 10;
