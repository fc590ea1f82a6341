create type price_range as range (subtype = numeric);
create table t (a int, p price_range, exclude using gist (p with &&));
