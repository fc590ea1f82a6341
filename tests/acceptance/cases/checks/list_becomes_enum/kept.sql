select array_agg(status::text order by id) = array['new', 'paid'] from orders
