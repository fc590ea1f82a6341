create table boxes (id int primary key, width int, area int generated always as (width * width) stored);
