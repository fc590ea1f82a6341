create type unit as enum ('kg', 'lb');
create type weight as (n numeric, u unit);
