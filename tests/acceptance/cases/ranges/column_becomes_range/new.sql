create table t (during daterange not null, check (not isempty(during)));
