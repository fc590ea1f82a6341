create table coupons (code varchar(30) primary key, percent smallint check (percent between 1 and 100));
create table carts (id uuid primary key, coupon varchar(30) references coupons, total numeric(12, 2));
