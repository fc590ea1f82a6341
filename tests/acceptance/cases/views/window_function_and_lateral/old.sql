create table sales (region text, day date, amount numeric);
create view ranked as select region, day, rank() over (partition by region order by amount desc) as place from sales;
