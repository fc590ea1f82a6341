create table logs (at date, line text) partition by range (at);
create table logs_2024 partition of logs (line not null) for values from ('2024-01-01') to ('2025-01-01');
