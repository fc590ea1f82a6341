create table folders (id int primary key, parent int);
create recursive view paths (id, depth) as
    select id, 0 from folders where parent is null
    union all
    select f.id, p.depth + 1 from folders f join paths p on f.parent = p.id;
