create table boards (id int primary key, title text not null unique);
create table cards (id int primary key, board_id int not null references boards on delete cascade, title text, position int not null, unique (board_id, position));
create view card_counts as select board_id, count(*) as cards from cards group by board_id;
