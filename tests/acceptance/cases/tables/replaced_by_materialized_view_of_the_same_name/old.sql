create table orders (id int primary key, day date, amount numeric);
create table daily_totals (day date, total numeric);
