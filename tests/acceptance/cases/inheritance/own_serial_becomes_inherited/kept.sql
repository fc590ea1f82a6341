select array_agg(id order by id) = array[1,2] from child
