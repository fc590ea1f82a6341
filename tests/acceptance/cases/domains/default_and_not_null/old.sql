create domain code as varchar(8) default 'x';
create domain word as text not null;
create table t (c code, w word);
