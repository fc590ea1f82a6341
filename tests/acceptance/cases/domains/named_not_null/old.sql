create domain word as text not null;
create domain other as text;
