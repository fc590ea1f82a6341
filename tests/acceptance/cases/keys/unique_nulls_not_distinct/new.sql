create table slots (room int, guest int, unique nulls not distinct (room, guest));
create table doors (code text);
create unique index doors_code on doors (code);
