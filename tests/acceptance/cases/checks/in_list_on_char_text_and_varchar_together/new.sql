create table orders (
    a char(3) check (a in ('EUR', 'USD')),
    b text check (b in ('x', 'y''z')),
    c varchar(9) check (c in ('a,b', 'c)d') or c is null),
    check (case when c in ('1', '2') then b in ('3', '4') else a <> 'GBP' end)
);
