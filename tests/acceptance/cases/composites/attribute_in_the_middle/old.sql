create type p as (x int, z int);
