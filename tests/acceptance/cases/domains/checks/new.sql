create domain code as varchar(8) constraint upper check (value = upper(value)) constraint short check (length(value) < 7) check (value in ('A', 'B'));
create table t (c code);
