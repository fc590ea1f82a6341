create sequence s as bigint;
create sequence down as smallint increment -1;
