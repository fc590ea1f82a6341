create domain word as text constraint given not null;
create domain other as text constraint present not null;
