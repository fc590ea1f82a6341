create table sales (region text, day date, amount numeric);
create view ranked as select region, day, dense_rank() over w as place, lag(amount) over w as before
    from sales window w as (partition by region order by amount desc);
create view best as select r.region, b.amount from (select distinct region from sales) r,
    lateral (select amount from sales s where s.region = r.region order by amount desc limit 3) b;
