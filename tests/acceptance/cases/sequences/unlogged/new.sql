create unlogged sequence s;
create sequence u;
