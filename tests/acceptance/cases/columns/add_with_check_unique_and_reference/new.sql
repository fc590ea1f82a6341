create table currencies (code char(3) primary key);
create table wallets (
    id int primary key,
    currency char(3) not null default 'EUR' references currencies,
    balance numeric(14, 2) not null default 0 check (balance >= 0),
    iban varchar(34) unique
);
