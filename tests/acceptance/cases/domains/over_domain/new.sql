create domain base as text check (value <> '');
create domain mail as base check (value like '%@%');
create table t (b base, m mail);
