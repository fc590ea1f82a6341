create table currencies (code char(3) primary key);
create table wallets (id int primary key);
