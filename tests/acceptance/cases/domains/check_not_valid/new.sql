create domain code as text;
create table t (c code);
alter domain code add constraint filled check (value <> '') not valid;
