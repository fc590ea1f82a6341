create domain code as varchar(8) constraint upper check (value = upper(value)) constraint short check (length(value) < 5);
create table t (c code);
