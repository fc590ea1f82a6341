create table taxes (id int primary key);
create table invoices (
    id int primary key,
    tax_id int references taxes,
    rate numeric check (rate >= 0),
    number text unique,
    check (rate < 100 or number is null)
);
create index invoices_rate on invoices (rate, id);
