create sequence s;
create unlogged sequence u;
