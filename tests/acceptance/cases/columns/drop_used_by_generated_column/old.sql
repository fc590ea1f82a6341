create table boxes (id int primary key, width int, height int, area int generated always as (width * height) stored);
