create sequence s as integer;
create sequence down as bigint increment -1;
