create type unit as enum ('kg', 'lb', 't');
create type weight as (n numeric, u unit);
create type load as (max weight, actual weight[]);
