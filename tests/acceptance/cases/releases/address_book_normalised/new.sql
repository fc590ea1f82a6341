create domain country_code as char(2) check (value = upper(value));
create table companies (id int primary key, name text not null);
create table addresses (
    company_id int references companies on delete cascade,
    kind text check (kind in ('billing', 'shipping')),
    street text,
    city text not null,
    country country_code not null,
    primary key (company_id, kind)
);
create table phones (company_id int references companies, number varchar(20), unique (company_id, number));
create view labels as
    select c.id, c.name, a.street || ', ' || a.city as label
    from companies c left join addresses a on a.company_id = c.id and a.kind = 'shipping';
