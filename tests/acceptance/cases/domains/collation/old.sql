create domain word as text;
create table t (w word);
