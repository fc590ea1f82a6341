create table readings (at date not null, value numeric(12, 3)) partition by range (at);
create table readings_2023 partition of readings for values from ('2023-01-01') to ('2024-01-01');
create index readings_value on readings (value);
