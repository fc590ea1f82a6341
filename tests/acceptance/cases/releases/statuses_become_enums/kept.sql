select count(*) = 2 and max(status::text) = 'sent' and (select min(status::text) = 'closed' from returns) from orders
