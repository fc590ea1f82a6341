create domain code as varchar(8) default 'y' not null;
create domain word as text;
create table t (c code, w word);
