create table hits (page text, n int);
create materialized view pages as select page, sum(n) as n from hits group by page;
create materialized view top as select page from pages order by n desc limit 5;
create index top_page on top (page);
