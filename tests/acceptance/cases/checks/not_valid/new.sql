create table offers (discount int);
alter table offers add constraint sane check (discount < 100) not valid;
