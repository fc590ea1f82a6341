select array_agg(id order by id) = array[1,2] and nextval('s') = 3 from child
