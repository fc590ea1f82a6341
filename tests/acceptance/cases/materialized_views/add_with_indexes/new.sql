create table hits (page text, at date);
create materialized view daily as select page, at, count(*) as n from hits group by page, at;
create unique index daily_key on daily (page, at);
create index daily_n on daily (n desc);
comment on materialized view daily is 'Refreshed at night';
