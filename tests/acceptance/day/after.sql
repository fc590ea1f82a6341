create table event_2026_10 partition of event for values from ('2026-10-01') to ('2026-11-01');
create table event_2026_11 partition of event for values from ('2026-11-01') to ('2026-12-01');

create view customer_total as
    select customer.id, customer.email, sum(purchase.total) as total
    from customer join purchase on purchase.customer_id = customer.id
    group by customer.id, customer.email;

create function close_purchase(which integer) returns void language sql
    security definer set search_path = tenant, public as
    $$ update purchase set state = 'paid' where id = which $$;
revoke execute on function close_purchase(integer) from public;
grant execute on function close_purchase(integer) to "SHOP_web", "SHOP_support";

grant select, insert, update, delete on customer, purchase, NOTE, event to "SHOP_web";
grant usage on sequence customer_id_seq, purchase_id_seq, NOTE_id_seq, purchase_number to "SHOP_web";
grant select on customer, purchase, customer_total to "SHOP_reader";
grant select on customer_total to "SHOP_support" with grant option;
grant update (state) on purchase to "SHOP_support";
