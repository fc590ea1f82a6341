create table visits (id int primary key, page text, at timestamptz);
create view visits_by_page as select page, count(*) as visits from visits group by page;
create table pages (path text primary key);
