create table meters (id bigint primary key, value bigint);
create view big_values as select id, value from meters where value > 1000;
create view summary as select count(*) as n, sum(value) as total from big_values;
create materialized view peaks as select id, max(value) as peak from meters group by id;
create unique index peaks_id on peaks (id);
