select array_agg(event::text order by id) = array['{a}', '{"b c"}'] from hooks
