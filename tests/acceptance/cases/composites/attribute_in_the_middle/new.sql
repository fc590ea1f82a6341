create type p as (x int, y int, z int);
