create type measurement as (taken_at timestamptz, celsius numeric(4, 1));
create table greenhouse of measurement (taken_at with options not null);
