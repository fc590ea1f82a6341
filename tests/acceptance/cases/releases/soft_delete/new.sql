create table boards (id int primary key, title text not null, deleted_at timestamptz);
create unique index boards_title_key on boards (title) where deleted_at is null;
create table cards (
    id int primary key,
    board_id int not null references boards on delete restrict,
    title text,
    position int not null,
    deleted_at timestamptz
);
create unique index cards_position on cards (board_id, position) where deleted_at is null;
create view live_boards as select * from boards where deleted_at is null;
create view live_cards as select c.* from cards c join live_boards b on b.id = c.board_id where c.deleted_at is null;
create view card_counts as select board_id, count(*) as cards from live_cards group by board_id;
